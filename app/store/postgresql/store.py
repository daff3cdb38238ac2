"""PostgreSQL: a connection for each batch under way, one for current balances, a pool for other reads and one for scans.

All act as a role that owns nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app import limits
from app.ledger.balance import CurrentLoans
from app.ledger.book import LoanKey
from app.store.migrate import is_newest
from app.store.postgresql.connect import connect_postgresql, postgresql_engine
from app.store.postgresql.current_loans import postgresql_current_loans
from app.store.postgresql.posting import PostgresPostingTransaction
from app.store.store import StoreConflict, StoreLocked, StoreUnavailable
from app.store.transaction import CommandBatch

_T = TypeVar("_T")
ROLE: Final = "hpts_app"
SCANS_AT_ONCE: Final = 4
"""Connections for scans: as many as reconciliation has checks."""
_ADMIT: Final = text("SELECT set_config('hpts.tenant_ids', :admitted, true)")
_LAST_CHANGE: Final = (
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text"
)
"""The end of the write-ahead log, in which every change is before it can be seen."""
_BY_KEY: Final = {
    "plan_cache_mode": "force_generic_plan",  # statements of requests are always the same: plan them once
    "enable_seqscan": "off",  # and by key, whatever is known of a table when they are planned
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
    "enable_material": "off",
}
_POSTING_SETTINGS: Final = {
    **_BY_KEY,
    "lock_timeout": f"{limits.LOCK_TIMEOUT_MS}ms",
    "idle_in_transaction_session_timeout": "30s",
}
_UNAVAILABLE: Final = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    InterfaceError,
    OperationalError,
    PoolTimeout,
)
_CONFLICT: Final = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


class PostgresStore:
    batches_at_once = limits.BATCHES_AT_ONCE

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._engine = postgresql_engine(database_url, ROLE, _BY_KEY)
        self._scan_engine = postgresql_engine(database_url, ROLE, pool_size=SCANS_AT_ONCE)
        self._idle_postings: list[PostgresPostingTransaction] = []
        self._current_loans_connection: Any = None
        self._current_loans_lock = asyncio.Lock()
        self._current_loans_admitted = ""

    async def post(self, batch: CommandBatch) -> None:
        posting: PostgresPostingTransaction | None = None
        try:
            posting = await self._idle_posting()
            await posting.post(batch)
        except asyncpg.LockNotAvailableError as error:
            if posting is not None:
                posting.use_next_stripe()
            raise StoreLocked(str(error)) from error
        except _CONFLICT as error:
            raise StoreConflict(str(error)) from error
        except _UNAVAILABLE as error:
            if posting is not None:
                posting.connection.terminate()
            raise StoreUnavailable(str(error)) from error
        finally:
            if posting is not None and not posting.connection.is_closed():
                self._idle_postings.append(posting)

    async def _idle_posting(self) -> PostgresPostingTransaction:
        """One whose connection is still open, or a new one."""
        while self._idle_postings:
            posting = self._idle_postings.pop()
            if not posting.connection.is_closed():
                return posting
        return PostgresPostingTransaction(await connect_postgresql(self._database_url, ROLE, _POSTING_SETTINGS))

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        async with self._admitted(self._engine, tenant_ids) as connection:
            return await connection.run_sync(query)

    async def scan(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        async with self._admitted(self._scan_engine, tenant_ids) as connection:
            return await connection.run_sync(query)

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        async with self._admitted(self._engine, tenant_ids) as connection:
            result = await connection.run_sync(query)
            await connection.commit()
            return result

    @asynccontextmanager
    async def _admitted(self, engine: AsyncEngine, tenant_ids: Sequence[str]) -> AsyncIterator[AsyncConnection]:
        try:
            async with engine.connect() as connection:
                await connection.execute(_ADMIT, {"admitted": "{" + ",".join(tenant_ids) + "}"})
                yield connection
        except _UNAVAILABLE as error:
            raise StoreUnavailable(str(error)) from error
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error.orig, _UNAVAILABLE):
                raise StoreUnavailable(str(error)) from error
            raise

    async def current_loans(self, keys: Sequence[LoanKey]) -> CurrentLoans:
        async with self._only_reading_connection() as connection:
            admitted = "{" + ",".join(sorted({tenant_id for tenant_id, _ in keys})) + "}"
            if admitted != self._current_loans_admitted:
                await connection.execute(f"SET hpts.tenant_ids = '{admitted}'")
                self._current_loans_admitted = admitted
            return await postgresql_current_loans(connection, keys)

    async def last_change(self) -> object:
        async with self._only_reading_connection() as connection:
            return await connection.fetchval(_LAST_CHANGE)

    @asynccontextmanager
    async def _only_reading_connection(self) -> AsyncIterator[Any]:
        async with self._current_loans_lock:
            try:
                if self._current_loans_connection is None or self._current_loans_connection.is_closed():
                    self._current_loans_connection = await connect_postgresql(self._database_url, ROLE, _BY_KEY)
                    self._current_loans_admitted = ""
                yield self._current_loans_connection
            except _UNAVAILABLE as error:
                if self._current_loans_connection is not None:
                    self._current_loans_connection.terminate()
                raise StoreUnavailable(str(error)) from error

    async def ping(self) -> None:
        await self.read((), lambda connection: connection.execute(text("SELECT 1")))

    async def migrated(self) -> bool:
        return await self.read((), is_newest)

    async def close(self) -> None:
        for posting in self._idle_postings:
            await posting.connection.close()
        if self._current_loans_connection is not None and not self._current_loans_connection.is_closed():
            await self._current_loans_connection.close()
        await self._engine.dispose()
        await self._scan_engine.dispose()
