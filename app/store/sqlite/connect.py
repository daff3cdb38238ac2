"""Connections to the SQLite file: sqlite3's own for the hot statements, and SQLAlchemy's pool for everything else.

A file may be moved, deleted or replaced by a backup while the service runs. A connection would go on with the file it has, which
nobody finds again: so before each use the file is compared with the one that was opened.
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import QueuePool

from app import limits
from app.store.store import StoreMisconfigured, StoreReadOnly
from app.store.unavailable import unavailable

BUSY_SECONDS: Final = 10
DISK_FREE_BYTES: Final = 1024 * 1024
"""With less room on its disk a file counts as one that takes no writes."""
_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA cache_size = -8192",
)


def connect_sqlite(path: Path, kind: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """A connection with every setting explicit; transactions are begun explicitly, and a file that is missing is not created."""
    uri = f"file:{quote(str(path.absolute()))}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256, factory=kind
    )
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def connect_sqlite_writer(path: Path, kind: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
    """With a large page cache: the writer touches pages all over its tables; readers share what the system caches.

    It waits for another process's lock as long as a batch may, so that postings can be answered when the lock stays.
    """
    connection = connect_sqlite(path, kind)
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute(f"PRAGMA busy_timeout = {limits.LOCK_TIMEOUT_MS}")
    return connection


def read_only_engine(path: Path, pool_size: int) -> Engine:
    """For a file that nothing is written to; where SQLite may make no files beside it, it is read as one that never changes.

    Raises StoreMisconfigured where postings wait in a write-ahead log that cannot be read along, and for what is no file.
    """
    if not path.is_file():
        raise StoreMisconfigured("the file cannot be opened: it must be a file, and there")
    log = path.with_name(f"{path.name}-wal")
    is_protected = not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    if is_protected and log.exists() and log.stat().st_size:
        raise StoreMisconfigured(f"{log} holds postings beside {path.name}: copy both into a folder that can be written")
    mode = "mode=ro&immutable=1" if is_protected else "mode=ro"
    return create_engine(f"sqlite:///file:{quote(str(path))}?{mode}&uri=true", pool_size=pool_size, max_overflow=0)


def file_identity(path: Path) -> tuple[int, int]:
    """The same as long as it is the same file; raises FileNotFoundError."""
    status = os.stat(path)
    return status.st_dev, status.st_ino


def require_writable(path: Path) -> None:
    """Raises StoreReadOnly for a file that cannot be written to, or has no room to grow; FileNotFoundError without one."""
    disk = os.statvfs(path)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StoreReadOnly(f"{path} or its folder is read-only")
    if disk.f_bavail * disk.f_frsize < DISK_FREE_BYTES:
        raise StoreReadOnly(f"the disk of {path} is full")


class LastingConnection:
    """A connection that is opened when it is first used, and anew once the file is another one or the connection was dropped."""

    def __init__(self, path: Path, connect: Callable[[Path], sqlite3.Connection]) -> None:
        self._path = path
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def get(self) -> sqlite3.Connection:
        identity = file_identity(self._path)
        if self._connection is None or identity != self._identity:
            self.drop()
            self._connection, self._identity = self._connect(self._path), identity
        return self._connection

    def drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def sqlite_engine(
    path: Path, pool_size: int, kind: type[sqlite3.Connection] = sqlite3.Connection, *, is_durable: bool = True
) -> Engine:
    """SQLAlchemy's pool of connections with the same settings; without `is_durable` a commit does not wait for the disk."""

    def connect() -> sqlite3.Connection:
        connection = connect_sqlite(path, kind)
        if not is_durable:
            connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=pool_size, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _note_file(_connection: object, record: Any) -> None:
        record.info["identity"] = file_identity(path)

    @event.listens_for(engine, "checkout")
    def _replace_another_file(_connection: object, record: Any, _proxy: object) -> None:
        if record.info["identity"] != file_identity(path):
            raise InvalidatePoolError

    @event.listens_for(engine, "handle_error")
    def _drop_failed(context: Any) -> None:
        if unavailable(context.original_exception) is not None:
            context.is_disconnect = True

    return engine
