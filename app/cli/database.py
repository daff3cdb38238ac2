"""Opens the database for a command, and raises CommandError with a clear reason if it is missing, away or not migrated."""

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


def with_store(settings: Settings, use: Callable[[Store], Awaitable[_T]], *, read_only: bool = False) -> _T:
    """The result of `use` on the database of `settings`. Raises CommandError if it cannot be used or is not migrated.

    `read_only` opens a database that is write-protected, such as a backup, and changes none.
    """
    return asyncio.run(_with_store(settings, use, read_only))


def shown_address(settings: Settings) -> str:
    """The address of the database without its password."""
    return make_url(settings.database_url).render_as_string(hide_password=True)


async def _with_store(settings: Settings, use: Callable[[Store], Awaitable[_T]], read_only: bool) -> _T:
    address = shown_address(settings)
    if is_sqlite(settings.database_url) and not sqlite_path(settings.database_url).exists():
        raise CommandError(f"there is no database at {address} yet: run `hpts migrate`")
    store = open_store(settings.database_url, read_only=read_only)
    try:
        await _check_is_migrated(store, address)
        return await use(store)
    finally:
        await store.close()


async def _check_is_migrated(store: Store, address: str) -> None:
    try:
        migrated = await store.migrated()
    except Exception as failed:
        raise CommandError(f"the database at {address} cannot be used: {failed}") from failed
    if not migrated:
        raise CommandError(f"the database at {address} has another schema than this version needs: run `hpts migrate`")


async def tenants_of(store: Store, tenant: UUID | None) -> list[str]:
    """Only `tenant` if it is given, else every tenant with postings. Raises CommandError if `tenant` has none."""
    known = await store.read((), all_tenants)
    if tenant is None:
        return known
    if str(tenant) not in known:
        raise CommandError(f"tenant {tenant} has no postings in this database")
    return [str(tenant)]
