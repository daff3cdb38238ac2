"""A store that is watched: it counts and traces batches, entries and errors of the store behind it, and is one itself.

Without it nothing is counted, and the store costs what it costs.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from time import perf_counter
from typing import Final, TypeVar

import asyncpg
from sqlalchemy import Connection

from app.ledger.balance import CurrentLoans
from app.ledger.book import EntryKey, LoanKey, ReversibleEntry
from app.observability.metric import BATCH_SIZE, COMMIT_SECONDS, DATABASE_ERRORS, POSTINGS
from app.observability.metrics import Metrics
from app.observability.spans import Spans
from app.store.store import Store
from app.store.transaction import CommandBatch, IdempotencyKey, Snapshot, Writes
from app.store.unavailable import error_causes

_T = TypeVar("_T")
TIMEOUT: Final = "timeout"
CONNECTION: Final = "connection"
_SQLSTATES: Final = {
    state for each in vars(asyncpg.exceptions).values() if isinstance(state := getattr(each, "sqlstate", None), str)
}
DATABASE_ERROR_CODES: Final = sorted(
    {*_SQLSTATES, *(name for name in vars(sqlite3) if name.startswith("SQLITE_")), TIMEOUT, CONNECTION}
)
"""Every code that a driver knows, and two for the errors that drivers raise themselves."""


def database_error_code(error: BaseException) -> str | None:
    """The driver's code for what is behind an error; None when it is no error of the database."""
    causes = list(error_causes(error))
    for cause in causes:
        for name in ("sqlstate", "sqlite_errorname"):
            if isinstance(code := getattr(cause, name, None), str):
                return code
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return TIMEOUT
    return CONNECTION if any(isinstance(cause, (OSError, asyncpg.InterfaceError)) for cause in causes) else None


class _WatchedBatch:
    """A batch that remembers how many entries it decided to write."""

    def __init__(self, batch: CommandBatch) -> None:
        self._batch = batch
        self.entry_count = 0

    @property
    def tenant_ids(self) -> Sequence[str]:
        return self._batch.tenant_ids

    @property
    def keys(self) -> Sequence[IdempotencyKey]:
        return self._batch.keys

    @property
    def correlation_ids(self) -> Sequence[str]:
        return self._batch.correlation_ids

    @property
    def entries(self) -> Sequence[EntryKey]:
        return self._batch.entries

    def loans(self, entries: Mapping[EntryKey, ReversibleEntry]) -> Mapping[LoanKey, date]:
        return self._batch.loans(entries)

    def decide(self, snapshot: Snapshot) -> Writes | None:
        writes = self._batch.decide(snapshot)
        self.entry_count = 0 if writes is None else len(writes.book.posted)
        return writes


class ObservedStore:
    """`engine` is the label of its errors; with `spans` each transaction of the writer is traced."""

    def __init__(self, store: Store, metrics: Metrics | None, engine: str, spans: Spans | None = None) -> None:
        self._store = store
        self._metrics = metrics
        self._spans = spans
        self._engine = engine
        self.batches_at_once = store.batches_at_once
        self.connections = store.connections
        self.check_login = store.check_login
        self.close = store.close

    async def post(self, batch: CommandBatch) -> None:
        watched, began = _WatchedBatch(batch), perf_counter()
        with self._spans.batch(batch.correlation_ids) if self._spans is not None else nullcontext():
            await self._counting_errors(self._store.post(watched))
        if watched.entry_count and self._metrics is not None:
            self._metrics.add(POSTINGS, count=watched.entry_count)
            self._metrics.observe(COMMIT_SECONDS, perf_counter() - began)
            self._metrics.observe(BATCH_SIZE, len(batch.keys))

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._counting_errors(self._store.read(tenant_ids, query))

    async def scan(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._counting_errors(self._store.scan(tenant_ids, query))

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._counting_errors(self._store.write(tenant_ids, query))

    async def current_loans(self, keys: Sequence[LoanKey]) -> CurrentLoans:
        return await self._counting_errors(self._store.current_loans(keys))

    async def last_change(self) -> object:
        return await self._counting_errors(self._store.last_change())

    async def check_writable(self) -> None:
        await self._counting_errors(self._store.check_writable())

    async def schema_problem(self) -> str | None:
        return await self._counting_errors(self._store.schema_problem())

    async def _counting_errors(self, work: Awaitable[_T]) -> _T:
        try:
            return await work
        except Exception as error:
            if self._metrics is not None and (code := database_error_code(error)) is not None:
                self._metrics.add(DATABASE_ERRORS, self._engine, code)
            raise
