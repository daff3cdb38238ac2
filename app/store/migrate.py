"""Brings a database's schema to the newest version; safe to run twice and concurrently."""

import asyncio
import os
from pathlib import Path
from typing import Final

from alembic import command
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.store.backup_file import PRIVATE
from app.store.database_url import is_sqlite, sqlite_path
from app.store.postgresql.connect import PostgresConnections
from app.store.schema_version import alembic_config, refuse_unknown_schema
from app.store.store import StoreMisconfigured

MIGRATION_LOCK: Final = 7_471_100


def migrate_schema(database_url: str, revision: str = "head") -> None:
    """Raises StoreMisconfigured for a database that cannot hold a ledger or has a newer schema, else the error of the driver."""
    if is_sqlite(database_url):
        path = sqlite_path(database_url)
        make_private(path)
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
            connection.commit()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _upgrade(connection, revision)
            connection.commit()
        engine.dispose()
        keep_private(path)
    else:
        asyncio.run(_migrate_postgresql(database_url, revision))


def make_private(path: Path) -> None:
    """Makes the file and its folder where there is nothing.

    What is there may be no database, and stays as it is until it has been migrated.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    except FileExistsError:
        return


def keep_private(path: Path) -> None:
    """A database, and what SQLite keeps beside it, can be read and written by their owner only."""
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if each.exists() and each.stat().st_mode & ~PRIVATE & 0o777:
            each.chmod(PRIVATE)


async def _migrate_postgresql(database_url: str, revision: str) -> None:
    engine = PostgresConnections(database_url, role=None).engine()
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_require_utf8)
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _require_utf8(connection: Connection) -> None:
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise StoreMisconfigured(
            f"the encoding is {encoding}, a ledger needs UTF8: use CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )


def _upgrade(connection: Connection, revision: str) -> None:
    refuse_unknown_schema(connection)
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
