"""Attempts are recorded together, once, and kept while the database is away."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from app.store.store import StoreUnavailable
from app.webhooks import recorder as recorder_module
from app.webhooks.delivery_store import Attempt, Cursor, Lease, PendingEntry
from app.webhooks.recorder import ATTEMPTS_PER_RECORD, UNRECORDED, Recorder
from tests.support.memory_deliveries import MemoryDeliveries

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LEASE = Lease("tenant", "endpoint", "owner", 1)


class Records(MemoryDeliveries):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[tuple[int, dict[Lease, Cursor]]] = []
        self.lost: list[Lease] = []

    async def record(self, attempts: Sequence[Attempt], cursors: Mapping[Lease, Cursor]) -> Sequence[Lease]:
        self._called("record")
        self.records.append((len(attempts), dict(cursors)))
        return self.lost


def attempt(number: int) -> Attempt:
    return Attempt(LEASE, PendingEntry(str(number), "payment_received", NOW, None), NOW, NOW, "delivered")


class Setup:
    def __init__(self) -> None:
        self.store = Records()
        self.cursors = {LEASE: Cursor("1")}
        self.recorded: list[Attempt] = []
        self.lost: list[Lease] = []
        self.recorder = Recorder(self.store, lambda: self.cursors, self.recorded.extend, self.lost.append)


async def test_attempts_are_recorded_together_with_the_cursors_that_moved() -> None:
    setup = Setup()
    for number in range(3):
        setup.recorder.add(attempt(number))
    await setup.recorder.record()
    await setup.recorder.record()
    setup.cursors[LEASE] = Cursor("2")
    await setup.recorder.record()
    assert setup.store.records == [(3, {LEASE: "1"}), (0, {LEASE: "2"})]
    assert len(setup.recorded) == 3


async def test_cursors_go_with_the_last_of_many_attempts() -> None:
    setup = Setup()
    for number in range(ATTEMPTS_PER_RECORD + 1):
        setup.recorder.add(attempt(number))
    await setup.recorder.record()
    assert setup.store.records == [(ATTEMPTS_PER_RECORD, {}), (1, {LEASE: "1"})]


async def test_what_could_not_be_recorded_is_recorded_later() -> None:
    setup = Setup()
    setup.recorder.add(attempt(1))
    setup.store.error = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        await setup.recorder.record()
    setup.store.error = None
    setup.recorder.add(attempt(2))
    await setup.recorder.record()
    assert setup.store.records == [(2, {LEASE: "1"})]


async def test_it_goes_on_when_the_database_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "AWAY_SECONDS", 0.01)
    setup = Setup()
    setup.recorder.add(attempt(1))
    setup.store.error = StoreUnavailable("away")
    running = asyncio.create_task(setup.recorder.run())
    while len(setup.store.calls) < 2:
        await asyncio.sleep(0.01)
    setup.store.error = None
    while not setup.recorded:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_with_too_many_attempts_to_record_no_further_one_begins() -> None:
    setup = Setup()
    for number in range(UNRECORDED):
        await asyncio.wait_for(setup.recorder.room(), 1)
        setup.recorder.add(attempt(number))
    waiting = asyncio.create_task(setup.recorder.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    await setup.recorder.record()
    await waiting


async def test_a_lease_that_was_lost_is_told() -> None:
    setup = Setup()
    setup.store.lost = [LEASE]
    setup.recorder.add(attempt(1))
    await setup.recorder.record()
    assert setup.lost == [LEASE]
