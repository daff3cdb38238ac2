"""SQLite: one file, one writing thread, readers beside it; nothing is answered before it is on the disk."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app.ledger.balance import CurrentLoans
from app.ledger.book import LoanKey
from app.store.migrate import is_newest
from app.store.sqlite.connect import connect_sqlite, connect_sqlite_writer, read_only_engine, sqlite_engine
from app.store.sqlite.current_loans import sqlite_current_loans
from app.store.sqlite.posting import SqlitePostingTransaction
from app.store.store import StoreLocked, StoreUnavailable
from app.store.transaction import CommandBatch

_T = TypeVar("_T")
_PRIMARY_CODE: Final = 0xFF
"""What is left of an error's code without its details."""
READERS: Final = 2
"""Threads that read for answers, beside the one that reads current balances."""
SCANNERS: Final = 2
"""Threads for queries over all rows of a tenant."""


class SqliteStore:
    """`read` and `post` run in threads of their own, so that the event loop goes on meanwhile."""

    batches_at_once = 1

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        make_engine = read_only_engine if read_only else sqlite_engine
        self._engine = make_engine(path, READERS + SCANNERS + 1)
        self._path = path
        self._readers = ThreadPoolExecutor(READERS, "sqlite-reader")
        self._scanners = ThreadPoolExecutor(SCANNERS, "sqlite-scanner")
        self._current_loans_reader = ThreadPoolExecutor(1, "sqlite-current")
        self._current_loans_connection: sqlite3.Connection | None = None
        self._writer = ThreadPoolExecutor(1, "sqlite-writer")
        self._posting: SqlitePostingTransaction | None = None

    async def post(self, batch: CommandBatch) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._post, batch)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY:
                raise StoreLocked(str(error), everything=True) from error
            raise StoreUnavailable(str(error)) from error

    def _post(self, batch: CommandBatch) -> None:
        if self._posting is None:
            self._posting = SqlitePostingTransaction(connect_sqlite_writer(self._path))
        self._posting.post(batch)

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._run(self._readers, self._read, query)

    async def scan(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._run(self._scanners, self._read, query)

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._run(self._writer, self._write, query)

    async def current_loans(self, keys: Sequence[LoanKey]) -> CurrentLoans:
        return await self._run(self._current_loans_reader, self._current_loans, keys)

    def _current_loans(self, keys: Sequence[LoanKey]) -> CurrentLoans:
        return sqlite_current_loans(self._only_reading_connection(), keys)

    def _only_reading_connection(self) -> sqlite3.Connection:
        if self._current_loans_connection is None:
            self._current_loans_connection = connect_sqlite(self._path)
        return self._current_loans_connection

    async def last_change(self) -> object:
        return await self._run(self._current_loans_reader, self._data_version)

    def _data_version(self) -> int:
        """Changed by the commits of every other connection; this one makes none."""
        return int(self._only_reading_connection().execute("PRAGMA data_version").fetchone()[0])

    async def ping(self) -> None:
        await self.read((), lambda connection: connection.execute(text("SELECT 1 FROM tenants")))

    async def migrated(self) -> bool:
        return await self.read((), is_newest)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._scanners.shutdown()
        self._current_loans_reader.shutdown()
        if self._current_loans_connection is not None:
            self._current_loans_connection.close()
        if self._posting is not None:
            self._posting.close()
        self._engine.dispose()

    async def _run(self, executor: ThreadPoolExecutor, function: Callable[..., _T], *arguments: Any) -> _T:
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)
        except (OperationalError, sqlite3.OperationalError) as error:
            raise StoreUnavailable(str(error)) from error

    def _read(self, query: Callable[[Connection], _T]) -> _T:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            return query(connection)

    def _write(self, query: Callable[[Connection], _T]) -> _T:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            result = query(connection)
            connection.commit()
            return result
