"""Work that a process does beside its requests, again and again: one runner for all of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

logger: Final = logging.getLogger("hpts.background")
Sleep = Callable[[float], Awaitable[None]]


async def run_periodically(
    name: str, work: Callable[[], Awaitable[object]], interval_seconds: float, sleep: Sleep = asyncio.sleep
) -> None:
    """Does `work` at once and then after every interval, until cancelled; a failure is logged and ends nothing."""
    while True:
        try:
            await work()
        except Exception:
            logger.exception("%s failed; it is tried again in %s seconds", name, interval_seconds)
        await sleep(interval_seconds)
