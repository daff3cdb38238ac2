"""Whether this process can serve: what it is, and whether its database answers with the schema it needs."""

import asyncio
import os
from collections.abc import Awaitable
from importlib.metadata import version
from typing import Final

from app.store.store import Store, StoreUnavailable

VERSION: Final = version("hpts")
GIT_SHA: Final = os.environ.get("HPTS_GIT_SHA", "unknown")
CHECK_SECONDS: Final = 2


async def checks(store: Store) -> dict[str, bool]:
    """Which checks passed: database, then migrations; answered within CHECK_SECONDS, whatever the database does."""
    passed = {"database": False, "migrations": False}
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            passed["database"] = await _answers(store.ping())
            passed["migrations"] = passed["database"] and await store.migrated()
    except (TimeoutError, StoreUnavailable):
        return passed
    return passed


async def _answers(ping: Awaitable[None]) -> bool:
    await ping
    return True
