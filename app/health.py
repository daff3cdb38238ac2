"""Whether this process can serve: what it is, and whether its database takes writes and has the schema it needs."""

import asyncio
import logging
import os
from importlib.metadata import version
from typing import Final

from app.store.store import Store, StoreReadOnly

logger: Final = logging.getLogger("hpts.health")
VERSION: Final = version("hpts")
GIT_SHA: Final = os.environ.get("HPTS_GIT_SHA", "unknown")
CHECK_SECONDS: Final = 2

Checks = dict[str, str | None]
"""By name, why a check failed, in words that anybody may read; None where it passed."""


async def checks(store: Store) -> Checks:
    """The database, then its schema; answered within CHECK_SECONDS, and with no error, whatever the database does."""
    found: Checks = {"database": "the database does not answer", "migrations": "the schema cannot be read"}
    checking = asyncio.create_task(_check(store, found))
    await asyncio.wait({checking}, timeout=CHECK_SECONDS)
    checking.cancel()  # and not waited for: giving up a silent connection takes time of its own
    return dict(found)


async def _check(store: Store, found: Checks) -> None:
    try:
        found["database"] = await _write_problem(store)
        found["migrations"] = await store.schema_problem()
    except Exception as error:
        logger.warning("not ready: %s", error or type(error).__name__)


async def _write_problem(store: Store) -> str | None:
    try:
        await store.check_writable()
    except StoreReadOnly as error:
        logger.warning("not ready: %s", error)
        return "the database takes no writes"
    return None
