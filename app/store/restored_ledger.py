"""What a ledger must be before a backup is restored, and what changes in one that was; the same on both engines."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, select

from app.store.backup_file import BackupFailed
from app.store.queries.webhook_leases import reset_after_restore
from app.store.schema_version import known_versions, schema_version
from app.store.tables import metadata, webhook_endpoints

LEDGER_TABLES: Final = tuple(table.name for table in metadata.sorted_tables)


def require_ledger(connection: Connection, file: Path) -> None:
    """Raises BackupFailed for a backup of no ledger, or of one with a newer schema."""
    require_known_version(schema_version(connection), file)


def require_known_version(version: str | None, file: Path) -> str:
    """The version of the schema in a backup. Raises BackupFailed where there is none, or a newer one."""
    if version is None:
        raise BackupFailed(f"{file} holds no ledger: give a file that `hpts backup` wrote")
    if version not in known_versions():
        raise BackupFailed(
            f"{file} cannot be restored: its schema {version} is not known to this version, which knows up to "
            f"{known_versions()[0]}: a newer version of HPTS wrote it, use that one"
        )
    return version


def require_empty(connection: Connection, *, may_hold_other_tables: bool) -> None:
    """Raises BackupFailed for a database with rows of a tenant, or with tables of another program that would be lost."""
    there = inspect(connection).get_table_names()
    if there and not may_hold_other_tables and schema_version(connection) is None:
        raise BackupFailed(f"the database holds {there[0]}, which is no table of a ledger: restore into an empty database")
    for table in metadata.sorted_tables:
        if table.name in there and "tenant_id" in table.c and connection.execute(select(table.c.tenant_id).limit(1)).first():
            raise BackupFailed(f"the database holds a ledger already, with rows of {table.name}: restore into an empty database")


def disable_endpoints(connection: Connection) -> int:
    """How many endpoints of webhooks were enabled; a backup from before there were any has no table of them."""
    return reset_after_restore(connection) if inspect(connection).has_table(webhook_endpoints.name) else 0
