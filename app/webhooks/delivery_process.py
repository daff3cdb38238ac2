"""A process that delivers: `hpts deliver` by itself, or the child of a server's worker.

It is a process of its own in both cases: within a worker it would share the interpreter with requests, and slow them.
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from app import clock
from app.background import run_periodically
from app.observability.metrics import Metrics
from app.settings import Settings
from app.store.store import Store
from app.webhooks.attempt_counters import AttemptCounters
from app.webhooks.deliverer import Deliverer, run_until
from app.webhooks.endpoint_delivery import Delivering
from app.webhooks.outbox_lag import LAG_READING_SECONDS, read_outbox_lag
from app.webhooks.receiver import Network, tls_context
from app.webhooks.resolver import resolve
from app.webhooks.stored_deliveries import open_delivery_store

UNUSED_SECONDS: Final = 30.0
"""After which a child that holds no endpoint ends; its parent starts another one when there is one to deliver to."""
_WAKES_AT_ONCE: Final = 65_536


async def run_delivery(
    settings: Settings,
    user_agent: str,
    until: Callable[[Deliverer], Awaitable[None]],
    counters: AttemptCounters | None = None,
    metrics: Metrics | None = None,
) -> None:
    """Delivers until `until` returns; attempts under way are then ended and recorded.

    `counters` count attempts, `metrics` are told the lag of the outbox, which a server's worker reads for itself.
    """
    store = open_delivery_store(settings)
    network = Network(resolve, tls_context())
    shared = Delivering(store, network, clock.now, random.random, user_agent, settings.allowed_private_hosts)
    deliverer = Deliverer(shared, counters)
    try:
        with _lag_read(store.store, metrics):
            await run_until(until(deliverer), deliverer)
    finally:
        await store.close()


@contextmanager
def _lag_read(store: Store, metrics: Metrics | None) -> Iterator[None]:
    """While the block runs."""
    if metrics is None:
        yield
        return
    reading = partial(read_outbox_lag, store, metrics)
    task = asyncio.create_task(run_periodically("reading the lag of the outbox", reading, LAG_READING_SECONDS))
    try:
        yield
    finally:
        task.cancel()


async def stopped_by_signal(_deliverer: Deliverer) -> None:
    """Returns after SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


async def stopped_by_parent(deliverer: Deliverer) -> None:
    """Returns when the parent ends, whatever ended it, or the child is not used; every byte of the parent is a wake-up."""
    loop = asyncio.get_running_loop()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal: the parent stops first, and this one after it
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)

    def read() -> None:
        if os.read(sys.stdin.fileno(), _WAKES_AT_ONCE):
            deliverer.wake()
        else:
            loop.remove_reader(sys.stdin.fileno())
            stopped.set()

    loop.add_reader(sys.stdin.fileno(), read)
    while not stopped.is_set() and deliverer.unused_seconds() < UNUSED_SECONDS:
        try:
            async with asyncio.timeout(1):
                await stopped.wait()
        except TimeoutError:
            pass
