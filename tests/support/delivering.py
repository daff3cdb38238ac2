"""Deliverers on a store in memory, with a clock that a test sets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from app.webhooks.attempt_counters import AttemptCounters
from app.webhooks.deliverer import Deliverer, run_until
from app.webhooks.delivery_store import DeliveryStore
from app.webhooks.endpoint_delivery import Delivering
from app.webhooks.receiver import Network, tls_context
from app.webhooks.resolver import Resolve, resolve
from tests.support.waiting import HANG_SECONDS


class SetClock:
    """The time goes on from where a test has set it."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by


def delivering(
    store: DeliveryStore,
    *private_hosts: str,
    now: Callable[[], datetime] | None = None,
    chance: float = 0.5,
    attempt_seconds: float = HANG_SECONDS,
    resolved: Resolve = resolve,
) -> Delivering:
    network = Network(resolved, tls_context(), attempt_seconds)
    return Delivering(store, network, now or SetClock(), lambda: chance, "HPTS/test", frozenset(private_hosts))


@asynccontextmanager
async def running_deliverer(
    shared: Delivering, lease_seconds: float = 6.0, counters: AttemptCounters | None = None
) -> AsyncIterator[Deliverer]:
    """Ended in good order when the block ends."""
    stopped = asyncio.Event()
    deliverer = Deliverer(shared, counters, lease_seconds=lease_seconds)
    running = asyncio.create_task(run_until(stopped.wait(), deliverer))
    try:
        yield deliverer
    finally:
        stopped.set()
        await running


async def eventually(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(HANG_SECONDS):
        while not is_so():
            await asyncio.sleep(0.01)
