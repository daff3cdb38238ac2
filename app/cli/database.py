"""What every command needs of the database: opened, reachable and migrated, or a clear reason why not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import make_url

from app.cli.error_reporting import CommandError
from app.settings import Settings
from app.store.database_url import is_sqlite, sqlite_path
from app.store.open import open_store
from app.store.queries.tenants import all_tenants
from app.store.store import Store

_T = TypeVar("_T")


def with_store(settings: Settings, use: Callable[[Store], Awaitable[_T]]) -> _T:
    """The outcome of `use` on the database of `settings`; raises CommandError when that is not there or not migrated."""
    return asyncio.run(_with_store(settings, use))


def shown_address(settings: Settings) -> str:
    """The database's address without its password."""
    return make_url(settings.database_url).render_as_string(hide_password=True)


async def _with_store(settings: Settings, use: Callable[[Store], Awaitable[_T]]) -> _T:
    address = shown_address(settings)
    if is_sqlite(settings.database_url) and not sqlite_path(settings.database_url).exists():
        raise CommandError(f"there is no database at {address} yet: run `hpts migrate`")
    store = open_store(settings.database_url)
    try:
        await _check(store, address)
        return await use(store)
    finally:
        await store.close()


async def _check(store: Store, address: str) -> None:
    try:
        migrated = await store.migrated()
    except Exception as failed:
        raise CommandError(f"the database at {address} cannot be used: {failed}") from failed
    if not migrated:
        raise CommandError(f"the database at {address} has another schema than this version needs: run `hpts migrate`")


async def tenants_of(store: Store, tenant: UUID | None) -> list[str]:
    """The one asked for, or every tenant that ever posted. Raises CommandError for one that never did."""
    known = await store.read((), all_tenants)
    if tenant is None:
        return known
    if str(tenant) not in known:
        raise CommandError(f"tenant {tenant} has no postings in this database")
    return [str(tenant)]
