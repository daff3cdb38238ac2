"""PostgreSQL: a connection for each batch under way, one for current balances, a pool for other reads and one for scans.

All act as a role that owns nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool

from app import limits
from app.ledger.balance import CurrentLoans
from app.ledger.book import LoanKey
from app.observability.error_text import error_text
from app.observability.spans import StatementObserver
from app.store.postgresql.connect import LOOK_UP_SECONDS, PostgresConnections
from app.store.postgresql.current_loans import postgresql_current_loans
from app.store.postgresql.login import check_login
from app.store.postgresql.posting import PostgresPostingTransaction
from app.store.postgresql.role import require_role
from app.store.schema_version import schema_problem
from app.store.store import ConnectionLost, StoreConflict, StoreLocked, StoreMisconfigured, StoreReadOnly
from app.store.transaction import CommandBatch
from app.store.unavailable import refuse_unavailable, unavailable

_T = TypeVar("_T")
ROLE: Final = "hpts_app"
SCANS_AT_ONCE: Final = 4
"""PostgresConnections for scans: as many as reconciliation has checks."""
_ADMIT: Final = text("SELECT set_config('hpts.tenant_ids', :admitted, true), current_user::text")
_LAST_CHANGE: Final = (
    "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text"
)
"""The end of the write-ahead log, in which every change is before it can be seen."""
_TAKES_NO_WRITES: Final = text("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
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
_CONFLICT: Final = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


class PostgresStore:
    batches_at_once = limits.BATCHES_AT_ONCE

    def __init__(self, database_url: str, *, is_durable: bool = True, on_statement: StatementObserver | None = None) -> None:
        self._database_url = database_url
        self._connections = PostgresConnections(database_url, ROLE, on_statement)
        settings = _BY_KEY if is_durable else {**_BY_KEY, "synchronous_commit": "off"}
        self._engine = self._connections.engine(settings, command_seconds=LOOK_UP_SECONDS)
        self._scan_engine = self._connections.engine(pool_size=SCANS_AT_ONCE)
        self._posting_count = 0
        self._idle_postings: list[PostgresPostingTransaction] = []
        self._current_loans_connection: Any = None
        self._current_loans_lock = asyncio.Lock()
        self._current_loans_admitted = ""

    async def post(self, batch: CommandBatch) -> None:
        posting: PostgresPostingTransaction | None = None
        self._posting_count += 1
        try:
            posting = await self._idle_posting()
            await posting.post(batch)
        except asyncpg.LockNotAvailableError as error:
            if posting is not None:
                posting.use_next_stripe()
            raise StoreLocked(error_text(error)) from error
        except _CONFLICT as error:
            raise StoreConflict(error_text(error)) from error
        except Exception as error:
            self._give_up(error, posting and posting.connection)
            raise
        finally:
            self._posting_count -= 1
            if posting is not None:
                self._keep(posting)

    async def _idle_posting(self) -> PostgresPostingTransaction:
        """One whose connection is still usable, or a new one."""
        while self._idle_postings:
            posting = self._idle_postings.pop()
            if self._connections.is_usable(posting.connection):
                return posting
            posting.connection.terminate()
        return PostgresPostingTransaction(await self._connections.make(_POSTING_SETTINGS))

    def _keep(self, posting: PostgresPostingTransaction) -> None:
        if self._connections.is_usable(posting.connection):
            self._idle_postings.append(posting)
        else:
            posting.connection.terminate()

    def _give_up(self, error: Exception, connection: Any = None) -> None:
        """Raises the refusal when the database is away, after its connection, or all that there are, are given up."""
        refusal = unavailable(error)
        if refusal is not None and connection is not None:
            connection.terminate()
        if isinstance(refusal, (ConnectionLost, StoreMisconfigured)):
            self._connections.retire()
        refuse_unavailable(error)

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._query(self._engine, tenant_ids, query)

    async def scan(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        return await self._query(self._scan_engine, tenant_ids, query)

    async def _query(self, engine: AsyncEngine, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        async def read() -> _T:
            async with self._admitted(engine, tenant_ids) as connection:
                return await connection.run_sync(query)

        return await _repeat_when_lost(read)

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        async with self._admitted(self._engine, tenant_ids) as connection:
            result = await connection.run_sync(query)
            await connection.commit()
            return result

    @asynccontextmanager
    async def _admitted(self, engine: AsyncEngine, tenant_ids: Sequence[str]) -> AsyncIterator[AsyncConnection]:
        try:
            async with engine.connect() as connection:
                admitted = await connection.execute(_ADMIT, {"admitted": "{" + ",".join(tenant_ids) + "}"})
                require_role(admitted.one()[1], ROLE)
                yield connection
        except Exception as error:
            self._give_up(error)
            raise

    async def current_loans(self, keys: Sequence[LoanKey]) -> CurrentLoans:
        return await self._only_reading(partial(self._read_current_loans, keys))

    async def _read_current_loans(self, keys: Sequence[LoanKey], connection: Any) -> CurrentLoans:
        admitted = "{" + ",".join(sorted({tenant_id for tenant_id, _ in keys})) + "}"
        if admitted != self._current_loans_admitted:
            await connection.execute(f"SET hpts.tenant_ids = '{admitted}'")
            self._current_loans_admitted = admitted
        return await postgresql_current_loans(connection, keys)

    async def last_change(self) -> object:
        return await self._only_reading(lambda connection: connection.fetchval(_LAST_CHANGE))

    async def _only_reading(self, read: Callable[[Any], Awaitable[_T]]) -> _T:
        """On the connection that is kept for current balances, or on a new one when it had been lost."""
        async with self._current_loans_lock:
            return await _repeat_when_lost(lambda: self._read_by_itself(read))

    async def _read_by_itself(self, read: Callable[[Any], Awaitable[_T]]) -> _T:
        try:
            if not self._connections.is_usable(self._current_loans_connection):
                await self._connect_current_loans()
            return await read(self._current_loans_connection)
        except Exception as error:
            self._give_up(error, self._current_loans_connection)
            raise

    async def _connect_current_loans(self) -> None:
        if self._current_loans_connection is not None:
            self._current_loans_connection.terminate()
        self._current_loans_connection = await self._connections.make(_BY_KEY, LOOK_UP_SECONDS)
        self._current_loans_admitted = ""

    async def check_writable(self) -> None:
        await self.read((), _require_writable)

    async def check_login(self, *, may_bypass_row_security: bool) -> None:
        try:
            await check_login(self._database_url, ROLE, may_bypass_row_security=may_bypass_row_security)
        except Exception as error:
            refuse_unavailable(error)
            raise

    async def schema_problem(self) -> str | None:
        return await self.read((), schema_problem)

    def connections(self) -> Mapping[str, tuple[int, int]]:
        pools = {"reads": self._engine.pool, "scans": self._scan_engine.pool}
        counts = {name: (pool.checkedout(), pool.checkedin()) for name, pool in pools.items() if isinstance(pool, QueuePool)}
        return counts | {"postings": (self._posting_count, len(self._idle_postings))}

    async def close(self) -> None:
        for posting in self._idle_postings:
            await posting.connection.close()
        if self._current_loans_connection is not None and not self._current_loans_connection.is_closed():
            await self._current_loans_connection.close()
        await self._engine.dispose()
        await self._scan_engine.dispose()


async def _repeat_when_lost(read: Callable[[], Awaitable[_T]]) -> _T:
    """A read, once more on a new connection when the one it was given had been lost; it wrote nothing."""
    try:
        return await read()
    except ConnectionLost:
        return await read()


def _require_writable(connection: Connection) -> None:
    if connection.scalar(_TAKES_NO_WRITES):
        connection.invalidate()
        raise StoreReadOnly("it is a standby, or read-only")
