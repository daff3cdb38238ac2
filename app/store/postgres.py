"""PostgreSQL: a connection for each batch under way, a pool for readers; all act as a role that owns nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from app import limits
from app.store import current
from app.store.address import connect_postgres, postgres_engine
from app.store.current import CurrentKey, CurrentLoans
from app.store.migrate import is_newest
from app.store.phases import Batch, StoreConflict, StoreUnavailable
from app.store.postgres_pen import PostgresPen

T = TypeVar("T")
ROLE = "hpts_app"
ADMIT = text("SELECT set_config('hpts.tenant_ids', :admitted, true)")
BY_KEY = {
    "plan_cache_mode": "force_generic_plan",  # the writer's statements are the same for every batch: plan them once
    "enable_seqscan": "off",  # and by key, however small a table is when they are planned
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
    "enable_material": "off",
}
PEN_SETTINGS = {
    **BY_KEY,
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
}
GONE = (
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
CONFLICT = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)


class PostgresStore:
    engine_name = "postgresql"
    batches_at_once = limits.BATCHES_AT_ONCE

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._engine = postgres_engine(database_url, ROLE)
        self._idle_pens: list[PostgresPen] = []
        self._looker: Any = None
        self._looking = asyncio.Lock()
        self._admitted_now = ""

    async def post(self, batch: Batch) -> None:
        pen: PostgresPen | None = None
        try:
            pen = await self._idle_pen()
            await pen.post(batch)
        except CONFLICT as error:
            raise StoreConflict(str(error)) from error
        except GONE as error:
            if pen is not None:
                pen.connection.terminate()
            raise StoreUnavailable(str(error)) from error
        finally:
            if pen is not None and not pen.connection.is_closed():
                self._idle_pens.append(pen)

    async def _idle_pen(self) -> PostgresPen:
        """One whose connection still stands, or a new one."""
        while self._idle_pens:
            pen = self._idle_pens.pop()
            if not pen.connection.is_closed():
                return pen
        return PostgresPen(await connect_postgres(self._database_url, ROLE, PEN_SETTINGS))

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], T]) -> T:
        async with self._admitted(tenant_ids) as connection:
            return await connection.run_sync(query)

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], T]) -> T:
        async with self._admitted(tenant_ids) as connection:
            result = await connection.run_sync(query)
            await connection.commit()
            return result

    @asynccontextmanager
    async def _admitted(self, tenant_ids: Sequence[str]) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.connect() as connection:
                await connection.execute(ADMIT, {"admitted": "{" + ",".join(tenant_ids) + "}"})
                yield connection
        except GONE as error:
            raise StoreUnavailable(str(error)) from error
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error.orig, GONE):
                raise StoreUnavailable(str(error)) from error
            raise

    async def current_loans(self, keys: Sequence[CurrentKey]) -> CurrentLoans:
        async with self._looking:
            try:
                if self._looker is None or self._looker.is_closed():
                    self._looker = await connect_postgres(self._database_url, ROLE, BY_KEY)
                    self._admitted_now = ""
                admitted = "{" + ",".join(sorted({tenant_id for tenant_id, _ in keys})) + "}"
                if admitted != self._admitted_now:
                    await self._looker.execute(f"SET hpts.tenant_ids = '{admitted}'")
                    self._admitted_now = admitted
                return await current.from_postgres(self._looker, keys)
            except GONE as error:
                if self._looker is not None:
                    self._looker.terminate()
                raise StoreUnavailable(str(error)) from error

    async def ping(self) -> None:
        await self.read((), lambda connection: connection.execute(text("SELECT 1")))

    async def migrated(self) -> bool:
        return await self.read((), is_newest)

    async def close(self) -> None:
        for pen in self._idle_pens:
            await pen.connection.close()
        if self._looker is not None and not self._looker.is_closed():
            await self._looker.close()
        await self._engine.dispose()
