"""Opens the database for a command, and raises CommandError with a clear reason if it is missing, away or not migrated."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from app.cli.database_errors import describe_database_error, shown_address
from app.cli.error_reporting import CommandError
from app.settings import Settings
from app.store.database_url import is_sqlite, sqlite_path
from app.store.open import open_store
from app.store.postgresql.store import ROLE
from app.store.queries.tenants import all_tenants
from app.store.store import Store, StoreMisconfigured

_T = TypeVar("_T")


def with_store(
    settings: Settings,
    use: Callable[[Store], Awaitable[_T]],
    *,
    read_only: bool = False,
    may_bypass_row_security: bool = True,
) -> _T:
    """The result of `use` on the database of `settings`. Raises CommandError if it cannot be used or is not migrated.

    `read_only` opens a database that is write-protected, such as a backup, and changes none.
    """
    return asyncio.run(_with_store(settings, use, read_only, may_bypass_row_security))


async def _with_store(
    settings: Settings, use: Callable[[Store], Awaitable[_T]], read_only: bool, may_bypass_row_security: bool
) -> _T:
    address = shown_address(settings)
    if is_sqlite(settings.database_url) and not sqlite_path(settings.database_url).exists():
        raise CommandError(f"there is no database at {address} yet: run `hpts migrate`")
    try:
        store = open_store(settings.database_url, read_only=read_only)
        try:
            await store.check_login(may_bypass_row_security=may_bypass_row_security)
            if (problem := await store.schema_problem()) is not None:
                raise StoreMisconfigured(problem)
            return await use(store)
        finally:
            await store.close()
    except Exception as failed:
        if (line := describe_database_error(failed, settings, ROLE)) is not None:
            raise CommandError(line) from failed
        raise


async def tenants_of(store: Store, tenant: UUID | None) -> list[str]:
    """Only `tenant` if it is given, else every tenant with postings. Raises CommandError if `tenant` has none."""
    known = await store.read((), all_tenants)
    if tenant is None:
        return known
    if str(tenant) not in known:
        raise CommandError(f"tenant {tenant} has no postings in this database")
    return [str(tenant)]
