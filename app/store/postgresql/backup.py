"""Backups of a ledger on PostgreSQL by pg_dump, which sees one moment while the service posts.

Row-level security binds the owner of the tables too (FORCE), and a dump would leave out, without a word, what a login may not
see. So it is checked first that every row is seen: by a policy for the owner, or because the login bypasses row-level security.
"""

import asyncio
import time
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from app.store.backup_file import BackupFailed, Report, new_private_file
from app.store.postgresql.client_programs import connection_arguments, running_program
from app.store.postgresql.connect import PostgresConnections
from app.store.schema_version import require_schema

PROGRESS_SECONDS: Final = 0.2
_NOT_WHOLLY_SEEN: Final = text("""
    SELECT relname::text FROM pg_class AS ledger
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND (
        NOT has_table_privilege(oid, 'SELECT')
        OR row_security_active(oid) AND (
            EXISTS (SELECT FROM pg_policy WHERE polrelid = ledger.oid AND NOT polpermissive)
            OR NOT EXISTS (
                SELECT FROM pg_policy
                WHERE polrelid = ledger.oid AND polcmd IN ('r', '*') AND pg_get_expr(polqual, polrelid) = 'true'
                    AND EXISTS (SELECT FROM unnest(polroles) AS named WHERE named = 0 OR pg_has_role(named, 'USAGE'))
            )
        )
    )
    ORDER BY relname""")
_SCHEMA: Final = text("SELECT quote_ident(current_schema()), current_user::text")


def back_up_postgresql(database_url: str, file: Path, report: Report) -> None:
    """Raises BackupFailed, StoreMisconfigured for a database without a schema or with a newer one, or the driver's error."""
    schema = asyncio.run(_backed_up_schema(database_url))
    address, environment = connection_arguments(database_url)
    with new_private_file(file) as partial:
        options = ["--format=custom", "--no-owner", "--enable-row-security", f"--schema={schema}", f"--file={partial}"]
        with running_program("pg_dump", [*options, f"--dbname={address}"], environment) as dumping:
            while dumping.poll() is None:
                report(f"Writing, {partial.stat().st_size / 1_000_000:,.1f} MB", None)
                time.sleep(PROGRESS_SECONDS)


async def _backed_up_schema(database_url: str) -> str:
    engine = PostgresConnections(database_url, role=None).engine()
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_require_every_row_seen)
    finally:
        await engine.dispose()


def _require_every_row_seen(connection: Connection) -> str:
    """The ledger's schema, quoted. Raises BackupFailed for a login from which rows are hidden."""
    require_schema(connection)
    schema, login = connection.execute(_SCHEMA).one()
    if hidden := connection.execute(_NOT_WHOLLY_SEEN).scalars().all():
        raise BackupFailed(
            f"the login {login} does not see every row of {', '.join(hidden)}, so that a backup would be incomplete: back up as "
            "the owner of the tables, who runs `hpts migrate`, or with a login that has BYPASSRLS"
        )
    return str(schema)
