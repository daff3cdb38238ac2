"""Restores a dump into PostgreSQL: the migrations make schema, roles and policies anew, and the dump gives the rows.

A dump's own schema would bring the policies of the old owner, who may not be known to the new server. Rows are loaded in one
transaction as the owner, with the tables' triggers and FORCE ROW LEVEL SECURITY switched off: both would refuse them.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.backup_file import BackupFailed, Report
from app.store.migrate import migrate_schema
from app.store.postgresql.client_programs import running_program
from app.store.postgresql.connect import PostgresConnections
from app.store.postgresql.dump_reader import DumpedTable, DumpReader
from app.store.restored_ledger import LEDGER_TABLES, disable_endpoints, require_empty, require_known_version
from app.store.schema_version import schema_version

LOAD_SECONDS: Final = 7 * 24 * 3600
"""The longest that loading one table may take."""
_SETTINGS: Final = {"statement_timeout": "0", "lock_timeout": "30s", "idle_in_transaction_session_timeout": "0"}
_FORCED: Final = text(
    "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relforcerowsecurity"
)


def restore_postgresql(file: Path, database_url: str, report: Report) -> int:
    """How many endpoints of webhooks were disabled. Raises BackupFailed, StoreMisconfigured or the driver's error."""
    version = _version_of(file)
    asyncio.run(_require_fit(database_url, version))
    report("Making the schema", None)
    migrate_schema(database_url, version)
    disabled = asyncio.run(_load(file, database_url, report))
    migrate_schema(database_url)
    return disabled


def _version_of(file: Path) -> str:
    """The version of the schema that a dump holds. Raises BackupFailed for a dump of no ledger, or of a newer schema."""
    version = None
    with _reading(file, "--table=alembic_version") as reader:
        if reader.next_table() is not None:
            version = b"".join(reader.rows()).decode().strip()
    return require_known_version(version, file)


async def _require_fit(database_url: str, version: str) -> None:
    """Raises BackupFailed for a database that was migrated to another version, or that holds rows of a ledger."""
    async with _connection(database_url) as connection:
        there = await connection.run_sync(schema_version)
        if there not in (None, version):
            raise BackupFailed(f"the database has the schema {there}, and the backup {version}: restore into an empty database")
        await connection.run_sync(require_empty, may_hold_other_tables=True)


async def _load(file: Path, database_url: str, report: Report) -> int:
    async with _connection(database_url) as connection:
        forced = (await connection.execute(_FORCED)).scalars().all()
        loaded = [name for name in await connection.run_sync(_tables) if name in LEDGER_TABLES]
        for name in loaded:
            await connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY"))
        await connection.run_sync(require_empty, may_hold_other_tables=True)  # nobody else can post any more
        await connection.execute(text(f"TRUNCATE {', '.join(loaded)}"))  # what the migrations inserted
        with _reading(file) as reader:
            while (table := reader.next_table()) is not None:
                await _load_table(connection, table, reader.rows(), table.name in loaded, report)
        disabled = await connection.run_sync(disable_endpoints)
        for name in loaded:
            force = ", FORCE ROW LEVEL SECURITY" if name in forced else ""
            await connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER{force}"))
            await connection.execute(text(f"ANALYZE {name}"))
        await connection.commit()
    return disabled


async def _load_table(
    connection: AsyncConnection, table: DumpedTable, rows: Iterator[bytes], is_loaded: bool, report: Report
) -> None:
    """Reads the rows of the table to their end; those of a table that is no ledger's are left out."""

    async def counted() -> AsyncIterator[bytes]:
        size = 0
        for chunk in rows:
            size += len(chunk)
            report(f"Loading {table.name}, {size / 1_000_000:,.1f} MB", None)
            yield chunk

    if not is_loaded:
        deque(rows, maxlen=0)
        return
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    await driver.copy_to_table(table.name, source=counted(), columns=table.columns, format="text")


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


@contextmanager
def _reading(file: Path, *options: str) -> Iterator[DumpReader]:
    """The data of a dump. Raises BackupFailed for one that is damaged or not complete."""
    with running_program("pg_restore", ["--data-only", *options, "--file=-", str(file)]) as process:
        assert process.stdout is not None
        yield DumpReader(process.stdout)


@asynccontextmanager
async def _connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    """As the login itself, which is the owner of the tables."""
    engine = PostgresConnections(database_url, role=None).engine(_SETTINGS, command_seconds=LOAD_SECONDS)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()
