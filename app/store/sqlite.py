"""SQLite: one file, one writing thread, readers beside it; nothing is answered before it is on the disk."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from app.store import current
from app.store.current import CurrentKey, CurrentLoans
from app.store.migrate import is_newest
from app.store.phases import Batch, StoreUnavailable
from app.store.sqlite_pen import SqlitePen

T = TypeVar("T")
BUSY_SECONDS = 10
READERS = 2
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA cache_size = -8192",
)


def connect(path: Path) -> sqlite3.Connection:
    """A connection with every setting explicit; transactions are begun by hand."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


class SqliteStore:
    """`read` and `post` run in threads of their own, so that the event loop goes on meanwhile."""

    engine_name = "sqlite"
    batches_at_once = 1

    def __init__(self, path: Path) -> None:
        self._engine = _engine(path)
        self._path = path
        self._readers = ThreadPoolExecutor(READERS, "sqlite-reader")
        self._looker = ThreadPoolExecutor(1, "sqlite-current")
        self._current: sqlite3.Connection | None = None
        self._writer = ThreadPoolExecutor(1, "sqlite-writer")
        self._pen = SqlitePen(_with_large_cache(connect(path)))

    async def post(self, batch: Batch) -> None:
        await self._run(self._writer, self._pen.post, batch)

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], T]) -> T:
        return await self._run(self._readers, self._read, query)

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], T]) -> T:
        return await self._run(self._writer, self._write, query)

    async def current_loans(self, keys: Sequence[CurrentKey]) -> CurrentLoans:
        return await self._run(self._looker, self._current_loans, keys)

    def _current_loans(self, keys: Sequence[CurrentKey]) -> CurrentLoans:
        if self._current is None:
            self._current = connect(self._path)
        return current.from_sqlite(self._current, keys)

    async def ping(self) -> None:
        await self.read((), lambda connection: connection.execute(text("SELECT 1 FROM tenants")))

    async def migrated(self) -> bool:
        return await self.read((), is_newest)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._looker.shutdown()
        if self._current is not None:
            self._current.close()
        self._pen.close()
        self._engine.dispose()

    async def _run(self, executor: ThreadPoolExecutor, function: Callable[..., T], *arguments: Any) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)
        except (OperationalError, sqlite3.OperationalError) as error:
            raise StoreUnavailable(str(error)) from error

    def _read(self, query: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            return query(connection)

    def _write(self, query: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            result = query(connection)
            connection.commit()
            return result


def _with_large_cache(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The writer touches pages all over its tables; readers share what the system caches."""
    connection.execute("PRAGMA cache_size = -65536")
    return connection


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=READERS + 1, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    return engine
