"""Brings a database's schema to the newest version, and says whether it has it; safe to run twice and concurrently."""

import asyncio
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.store.database_url import is_sqlite, sqlite_path
from app.store.postgresql.connect import postgresql_engine

MIGRATION_LOCK: Final = 7_471_100
PRIVATE: Final = 0o600


def migrate_schema(database_url: str, revision: str = "head") -> None:
    """Raises the driver's error when the database cannot be reached or the role may not create tables and roles."""
    if is_sqlite(database_url):
        path = sqlite_path(database_url)
        path.parent.mkdir(parents=True, exist_ok=True)
        _keep_private(path)
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
            connection.commit()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _upgrade(connection, revision)
            connection.commit()
        engine.dispose()
    else:
        asyncio.run(_migrate_postgresql(database_url, revision))


def _keep_private(path: Path) -> None:
    """The file, made here where there is none, and what SQLite keeps beside it can be read and written by their owner only."""
    path.touch(mode=PRIVATE)
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if each.exists() and each.stat().st_mode & ~PRIVATE & 0o777:
            each.chmod(PRIVATE)


def is_newest(connection: Connection) -> bool:
    """Whether the connection's database has the newest schema version."""
    found = MigrationContext.configure(connection).get_current_revision()
    return found is not None and found == ScriptDirectory.from_config(_config()).get_current_head()


async def _migrate_postgresql(database_url: str, revision: str) -> None:
    engine = postgresql_engine(database_url, role=None)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
