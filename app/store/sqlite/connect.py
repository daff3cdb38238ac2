"""Connections to the SQLite file: sqlite3's own for the hot statements, and SQLAlchemy's pool for everything else."""

import os
import sqlite3
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event

from app import limits

BUSY_SECONDS: Final = 10
_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA cache_size = -8192",
)


def connect_sqlite(path: Path) -> sqlite3.Connection:
    """A connection with every setting explicit; transactions are begun explicitly."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def connect_sqlite_writer(path: Path) -> sqlite3.Connection:
    """With a large page cache: the writer touches pages all over its tables; readers share what the system caches.

    It waits for another process's lock as long as a batch may, so that postings can be answered when the lock stays.
    """
    connection = connect_sqlite(path)
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute(f"PRAGMA busy_timeout = {limits.LOCK_TIMEOUT_MS}")
    return connection


def read_only_engine(path: Path, pool_size: int) -> Engine:
    """For a file that nothing is written to; where SQLite may make no files beside it, it is read as one that never changes.

    Raises PermissionError where postings wait in a write-ahead log that cannot be read along.
    """
    log = path.with_name(f"{path.name}-wal")
    is_protected = not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    if is_protected and log.exists() and log.stat().st_size:
        raise PermissionError(f"{log} holds postings beside {path.name}: copy both into a folder that can be written")
    mode = "mode=ro&immutable=1" if is_protected else "mode=ro"
    return create_engine(f"sqlite:///file:{quote(str(path))}?{mode}&uri=true", pool_size=pool_size, max_overflow=0)


def sqlite_engine(path: Path, pool_size: int) -> Engine:
    """SQLAlchemy's pool of connections with the same settings."""
    engine = create_engine(f"sqlite:///{path}", pool_size=pool_size, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    return engine
