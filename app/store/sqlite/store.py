"""SQLite: one file, one writing thread, readers beside it; nothing is answered before it is on the disk."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.pool import QueuePool

from app.ledger.balance import CurrentLoans
from app.ledger.book import LoanKey
from app.observability.error_text import error_text
from app.observability.spans import StatementObserver
from app.store.schema_version import schema_problem
from app.store.sqlite.connect import (
    LastingConnection,
    connect_sqlite,
    connect_sqlite_writer,
    read_only_engine,
    require_writable,
    sqlite_engine,
)
from app.store.sqlite.current_loans import sqlite_current_loans
from app.store.sqlite.posting import SqlitePostingTransaction
from app.store.sqlite.timed_connection import timed_connection
from app.store.store import StoreLocked
from app.store.transaction import CommandBatch
from app.store.unavailable import refuse_unavailable, sqlite_code, unavailable

_T = TypeVar("_T")
_ANSWERS: Final = text("SELECT count(*) FROM sqlite_schema")
READERS: Final = 2
"""Threads that read for answers, beside the one that reads current balances."""
SCANNERS: Final = 2
"""Threads for queries over all rows of a tenant."""


class SqliteStore:
    """`read` and `post` run in threads of their own, so that the event loop goes on meanwhile."""

    batches_at_once = 1

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        is_durable: bool = True,
        on_statement: StatementObserver | None = None,
    ) -> None:
        self._is_traced = on_statement is not None
        kind = sqlite3.Connection if on_statement is None else timed_connection(on_statement)
        make_engine = read_only_engine if read_only else partial(sqlite_engine, kind=kind, is_durable=is_durable)
        self._engine = make_engine(path, READERS + SCANNERS + 1)
        self._path = path
        self._readers = ThreadPoolExecutor(READERS, "sqlite-reader")
        self._scanners = ThreadPoolExecutor(SCANNERS, "sqlite-scanner")
        self._current_loans_reader = ThreadPoolExecutor(1, "sqlite-current")
        self._current_loans_connection = LastingConnection(path, partial(connect_sqlite, kind=kind))
        self._writer = ThreadPoolExecutor(1, "sqlite-writer")
        self._writer_connection = LastingConnection(path, partial(connect_sqlite_writer, kind=kind))

    async def post(self, batch: CommandBatch) -> None:
        await self._run(self._writer, self._post, batch)

    def _post(self, batch: CommandBatch) -> None:
        try:
            SqlitePostingTransaction(self._writer_connection.get()).post(batch)
        except Exception as error:
            if sqlite_code(error) == sqlite3.SQLITE_BUSY:
                raise StoreLocked(error_text(error), everything=True) from error
            if unavailable(error) is not None:
                self._writer_connection.drop()
            raise

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._run(self._readers, self._read, query)

    async def scan(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._run(self._scanners, self._read, query)

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._run(self._writer, self._write, query)

    async def current_loans(self, keys: Sequence[LoanKey]) -> CurrentLoans:
        return await self._run(self._current_loans_reader, self._current_loans, keys)

    def _current_loans(self, keys: Sequence[LoanKey]) -> CurrentLoans:
        return self._only_reading(partial(sqlite_current_loans, keys=keys))

    async def last_change(self) -> object:
        return await self._run(self._current_loans_reader, self._only_reading, _data_version)

    def _only_reading(self, query: Callable[[sqlite3.Connection], _T]) -> _T:
        try:
            return query(self._current_loans_connection.get())
        except Exception as error:
            if unavailable(error) is not None:
                self._current_loans_connection.drop()
            raise

    async def check_writable(self) -> None:
        await self._run(self._readers, require_writable, self._path)
        await self.read((), lambda connection: connection.scalar(_ANSWERS))

    async def check_login(self, *, may_bypass_row_security: bool) -> None:
        """A file has no logins: whoever may read it sees every tenant."""

    async def schema_problem(self) -> str | None:
        return await self.read((), schema_problem)

    def connections(self) -> Mapping[str, tuple[int, int]]:
        pool = self._engine.pool
        return {"reads": (pool.checkedout(), pool.checkedin())} if isinstance(pool, QueuePool) else {}

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._scanners.shutdown()
        self._current_loans_reader.shutdown()
        self._current_loans_connection.drop()
        self._writer_connection.drop()
        self._engine.dispose()

    async def _run(self, executor: ThreadPoolExecutor, function: Callable[..., _T], *arguments: Any) -> _T:
        if self._is_traced:
            function = partial(copy_context().run, function)
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)
        except Exception as error:
            refuse_unavailable(error)
            raise

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


def _data_version(connection: sqlite3.Connection) -> tuple[sqlite3.Connection, int]:
    """Changed by the commits of every other connection; this one makes none, and each connection counts for itself."""
    return connection, int(connection.execute("PRAGMA data_version").fetchone()[0])
