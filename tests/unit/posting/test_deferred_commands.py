"""Commands that wait for what another transaction holds are tried again, and answered when they have waited long enough."""

import asyncio

import pytest

from app import limits
from app.ledger.events.event import Event
from app.posting import deferred_commands
from app.posting.command import PostingResult
from app.posting.refusals import IdempotencyInProgress, PostingLocked
from app.posting.writer import Writer
from app.store.store import StoreLocked
from tests.support.events import disbursement, new_id
from tests.support.waiting import HANG_SECONDS
from tests.unit.ledger.support import LOAN, OTHER_TENANT, TENANT
from tests.unit.posting.support import MemoryStore, request, running_writer, settled


def submit(writer: Writer, key: str, event: Event | None = None, tenant_id: str = TENANT) -> asyncio.Task[PostingResult]:
    """On its way; the event opens a loan of its own unless one is given."""
    event = event or disbursement(new_id())
    return asyncio.create_task(writer.submit(request(event, key, tenant_id), event))


async def test_a_command_of_a_held_loan_is_tried_again_until_it_is_free_and_the_others_are_answered_meanwhile() -> None:
    store = MemoryStore()
    store.held_loans = frozenset({(TENANT, LOAN)})
    async with running_writer(store) as writer:
        waiting = submit(writer, "key-1", disbursement(LOAN))
        assert not (await submit(writer, "key-2")).replayed
        assert not waiting.done()
        with pytest.raises(IdempotencyInProgress):
            await submit(writer, "key-1", disbursement(LOAN))
        store.held_loans = frozenset()
        assert not (await waiting).replayed
    assert sum("key-1" in keys for keys in store.batches) >= 2


async def test_a_command_that_waits_for_a_loan_is_taken_back_when_another_one_of_that_loan_is_posted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deferred_commands, "FIRST_PAUSE_SECONDS", HANG_SECONDS)
    monkeypatch.setattr(deferred_commands, "LONGEST_PAUSE_SECONDS", HANG_SECONDS)
    store = MemoryStore()
    store.held_loans = frozenset({(TENANT, LOAN)})
    async with running_writer(store) as writer:
        waiting = submit(writer, "key-1", disbursement(LOAN))
        await submit(writer, "key-2")
        assert not waiting.done()
        store.held_loans = frozenset()
        await submit(writer, "key-3", disbursement(LOAN))
        assert not (await waiting).replayed


async def test_a_loan_that_stays_held_is_answered_after_a_while_and_its_key_is_free() -> None:
    store = MemoryStore()
    store.held_loans = frozenset({(TENANT, LOAN)})
    async with running_writer(store, locked_seconds=0.02) as writer:
        for _ in range(2):
            with pytest.raises(PostingLocked):
                await submit(writer, "key-1", disbursement(LOAN))
        store.held_loans = frozenset()
        assert not (await submit(writer, "key-1", disbursement(LOAN))).replayed


async def test_a_writer_that_closes_answers_what_waits_for_a_held_loan() -> None:
    store = MemoryStore()
    store.held_loans = frozenset({(TENANT, LOAN)})
    async with running_writer(store, locked_seconds=0.02) as writer:
        waiting = submit(writer, "key-1", disbursement(LOAN))
        await settled()
    with pytest.raises(PostingLocked):
        await waiting


async def test_no_more_commands_wait_for_held_loans_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEFERRED", 1)
    store = MemoryStore()
    store.held_loans = frozenset({(TENANT, LOAN)})
    async with running_writer(store) as writer:
        waiting = submit(writer, "key-1", disbursement(LOAN))
        await settled()
        with pytest.raises(PostingLocked):
            await submit(writer, "key-2", disbursement(LOAN))
        store.held_loans = frozenset()
        assert not (await waiting).replayed


async def batches_of_two_tenants(*errors: StoreLocked | None) -> list[list[str]]:
    """What is posted of a batch with a command of each of two tenants, when its attempts end with these errors."""
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store) as writer:
        tasks = [submit(writer, "key-0")]
        await settled()
        tasks += [submit(writer, "key-1"), submit(writer, "key-2", tenant_id=OTHER_TENANT)]
        await settled()
        store.errors = [None, *errors]
        store.open.set()
        await asyncio.gather(*tasks)
    return store.batches[1:]


async def test_a_tenant_whose_rows_are_locked_is_posted_apart_from_the_others() -> None:
    found = await batches_of_two_tenants(StoreLocked("totals"), StoreLocked("totals"), None)
    assert found == [["key-1", "key-2"], ["key-1"], ["key-2"], ["key-1"]]


async def test_where_everything_is_locked_no_tenant_is_tried_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both pauses end in one iteration of the event loop, however slow the machine is."""
    monkeypatch.setattr(deferred_commands, "FIRST_PAUSE_SECONDS", 0)
    found = await batches_of_two_tenants(StoreLocked("database is locked", everything=True), None)
    assert found == [["key-1", "key-2"]] * 2
