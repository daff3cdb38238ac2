"""A deliverer that ends at any call of the database, before or after it: the set delivered is the set posted.

It ends as in a crash: nothing further is recorded or given back. The next one takes over once the lease has run out.
"""

import asyncio
from datetime import timedelta
from itertools import count
from typing import Any, Final

import pytest

from app.store.store import Store
from app.webhooks import deliverer as deliverer_module
from app.webhooks.deliverer import Deliverer
from tests.support.delivering import SetClock, delivering, eventually, running_deliverer
from tests.support.events import Tenant, disbursement, new_id, running_writer
from tests.support.recording_receiver import OK, Received, recording_receiver, status
from tests.support.webhooks import Webhooks

LEASE_SECONDS: Final = 0.3
CALLS: Final = 12
"""A deliverer ends at the first call of the database, the next one at the second, and so on."""
ENTRIES: Final = 5
"""Posted in each life of a deliverer."""


class EndingStore:
    """The store of a process that ends: from the call with this number on, no call returns."""

    def __init__(self, deliveries: Any, ends_at: int, *, is_carried_out: bool) -> None:
        self._deliveries = deliveries
        self._ends_at = ends_at
        self._is_carried_out = is_carried_out
        self._calls = 0
        self.ended = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._deliveries, name)

        async def call(*arguments: Any) -> Any:
            self._calls += 1
            if self._calls > self._ends_at or (self._calls == self._ends_at and not self._is_carried_out):
                self.ended.set()
            result = None if self.ended.is_set() else await method(*arguments)
            if self._calls >= self._ends_at:
                self.ended.set()
            if self.ended.is_set():
                await asyncio.Event().wait()
            return result

        return call


async def live_and_crash(store: EndingStore, *private_hosts: str) -> None:
    others = asyncio.all_tasks()
    deliverer = Deliverer(delivering(store, *private_hosts), lease_seconds=LEASE_SECONDS)
    alive = asyncio.create_task(deliverer.run())
    await store.ended.wait()
    ended = asyncio.all_tasks() - others
    for task in ended:
        task.cancel()
    await asyncio.gather(alive, *ended, return_exceptions=True)


async def test_a_crash_at_any_step_loses_no_entry(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer_module, "CLAIM_SECONDS", 0.1)
    numbers = count(1)

    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        await (status(500) if next(numbers) % 7 == 0 else OK)(received, writer)

    with recording_receiver(answer) as receiver:
        async with running_writer(store) as writer:
            tenant = Tenant(writer)
            webhooks = Webhooks(store, tenant.tenant_id)
            webhooks.administration._private_hosts = frozenset({receiver.host_and_port})
            endpoint_id = await webhooks.create(url=receiver.url)
            posted: list[str] = []
            for ends_at in range(1, CALLS + 1):
                for is_carried_out in (False, True):
                    for _ in range(ENTRIES):
                        posted.append((await tenant.post(disbursement(new_id())))["journal_entry_id"])
                    ending = EndingStore(webhooks.deliveries, ends_at, is_carried_out=is_carried_out)
                    await live_and_crash(ending, receiver.host_and_port)
        clock = SetClock()
        clock.advance(timedelta(days=1))
        receiver.answer = OK
        async with running_deliverer(delivering(webhooks.deliveries, receiver.host_and_port, now=clock)):
            await eventually(lambda: set(receiver.entry_ids) >= set(posted))
            while await webhooks.counts(endpoint_id) != (len(posted), 0):
                await asyncio.sleep(0.05)
    assert set(receiver.entry_ids) == set(posted)
    assert len({(received.entry_id, received.body) for received in receiver.received}) == len(posted)
