"""Commands that arrive while a batch is under way are posted together in the next; each caller gets its own outcome."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from app import limits
from app.ledger.events.event import Event
from app.ledger.refusals import LoanNotFound, ReversalBlocked
from app.ledger.reversal_advice import BucketLine
from app.posting.command import PostingResult
from app.posting.refusals import IdempotencyInProgress, IdempotencyMismatch, Overloaded
from app.posting.writer import Writer
from app.store.store import StoreConflict, StoreUnavailable
from tests.support.events import TODAY, disbursement, fee, new_id, payment, reversal
from tests.unit.ledger.support import LOAN, OTHER_TENANT, TENANT
from tests.unit.posting.support import MemoryStore, request, running_writer, settled


def submit(writer: Writer, key: str, event: Event | None = None, tenant_id: str = TENANT) -> asyncio.Task[PostingResult]:
    """On its way; the event opens a loan of its own unless one is given."""
    event = event or disbursement(new_id())
    return asyncio.create_task(writer.submit(request(event, key, tenant_id), event))


async def outcomes(tasks: Sequence[asyncio.Task[PostingResult]]) -> list[Any]:
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_command_is_posted_and_answered() -> None:
    store = MemoryStore()
    async with running_writer(store) as writer:
        result = await submit(writer, "key-1", disbursement(LOAN, 700))
    assert not result.replayed
    assert orjson.loads(result.body)["journal_entry_id"] == store.book.posted[0].journal_entry_id
    assert store.book.loans[TENANT, LOAN].balances == [700, 0, 0, 0]


async def test_a_repeated_command_gets_the_same_bytes_and_another_payload_is_a_mismatch() -> None:
    store = MemoryStore()
    async with running_writer(store) as writer:
        first = await submit(writer, "key-1", disbursement(LOAN))
        assert await submit(writer, "key-1", disbursement(LOAN)) == PostingResult(first.body, replayed=True)
        with pytest.raises(IdempotencyMismatch):
            await submit(writer, "key-1", disbursement(LOAN, 1))
    assert len(store.book.posted) == 1


async def test_commands_of_any_tenant_that_arrive_while_a_batch_is_under_way_are_posted_together() -> None:
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store) as writer:
        tasks = [submit(writer, "key-1")]
        await settled()
        tenants = {"key-2": TENANT, "key-3": TENANT, "key-4": OTHER_TENANT}
        tasks += [submit(writer, key, tenant_id=tenant_id) for key, tenant_id in tenants.items()]
        await settled()
        assert store.batches == [["key-1"]]
        assert not any(task.done() for task in tasks)
        store.open.set()
        await asyncio.gather(*tasks)
    assert store.batches == [["key-1"], ["key-2", "key-3", "key-4"]]


async def test_as_many_batches_are_under_way_as_the_store_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FURTHER_BATCH", 1)
    store = MemoryStore(batches_at_once=2)
    store.open.clear()
    async with running_writer(store) as writer:
        tasks = []
        for number in range(4):
            tasks.append(submit(writer, f"key-{number}"))
            await settled()
        assert store.batches == [["key-0"], ["key-1"]]
        store.open.set()
        await asyncio.gather(*tasks)
    assert store.batches == [["key-0"], ["key-1"], ["key-2", "key-3"]]


async def test_a_batch_may_be_kept_to_one_tenant() -> None:
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store, one_tenant_batches=True) as writer:
        tasks = [submit(writer, "key-0")]
        await settled()
        tasks += [submit(writer, key, tenant_id=tenant) for key, tenant in (("key-1", TENANT), ("key-2", OTHER_TENANT))]
        await settled()
        store.open.set()
        await asyncio.gather(*tasks)
    assert store.batches == [["key-0"], ["key-1"], ["key-2"]]


async def test_a_key_under_way_is_in_progress_at_once_and_free_again_once_it_is_answered() -> None:
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store) as writer:
        first = submit(writer, "key-1", disbursement(LOAN))
        await settled()
        with pytest.raises(IdempotencyInProgress):
            await submit(writer, "key-1", disbursement(LOAN))
        other = submit(writer, "key-1", disbursement(LOAN), OTHER_TENANT)
        store.open.set()
        await asyncio.gather(first, other)
        assert (await submit(writer, "key-1", disbursement(LOAN))).replayed


async def test_a_refusal_is_raised_to_its_own_caller_only_and_frees_its_key() -> None:
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store) as writer:
        tasks = [submit(writer, "key-0")]
        await settled()
        tasks += [submit(writer, "key-1", fee(LOAN, 5)), submit(writer, "key-2", disbursement(LOAN))]
        await settled()
        store.open.set()
        _, refused, posted = await outcomes(tasks)
        assert isinstance(refused, LoanNotFound)
        assert isinstance(posted, PostingResult)
        assert not (await submit(writer, "key-1", fee(LOAN, 5))).replayed


async def test_a_full_queue_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "QUEUE", 2)
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store) as writer:
        under_way = submit(writer, "key-0")
        await settled()
        waiting = [submit(writer, f"key-{number}") for number in (1, 2)]
        await settled()
        with pytest.raises(Overloaded):
            await submit(writer, "key-3")
        store.open.set()
        await asyncio.gather(under_way, *waiting)
        assert not (await submit(writer, "key-3")).replayed


async def test_a_closed_writer_refuses_and_still_posts_what_waits() -> None:
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store) as writer:
        tasks = [submit(writer, "key-1")]
        await settled()
        tasks.append(submit(writer, "key-2"))
        await settled()
        writer.close()
        with pytest.raises(Overloaded):
            await submit(writer, "key-3")
        store.open.set()
        await asyncio.gather(*tasks)
    assert store.batches == [["key-1"], ["key-2"]]


async def test_an_idle_writer_comes_to_its_end_when_it_is_closed() -> None:
    store = MemoryStore(batches_at_once=3)
    async with running_writer(store) as writer:
        await submit(writer, "key-1")
        await settled()
    assert store.batches == [["key-1"]]


async def test_a_rejected_batch_is_posted_one_by_one_so_that_the_failing_command_is_isolated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = MemoryStore()
    store.fails_on["key-2"] = ValueError("no such value")
    store.open.clear()
    async with running_writer(store) as writer:
        tasks = [submit(writer, "key-0")]
        await settled()
        tasks += [submit(writer, f"key-{number}") for number in (1, 2, 3)]
        await settled()
        store.open.set()
        results = await outcomes(tasks)
        del store.fails_on["key-2"]
        assert not (await submit(writer, "key-2")).replayed
    assert [type(each) for each in results] == [PostingResult, PostingResult, ValueError, PostingResult]
    assert store.batches == [["key-0"], ["key-1", "key-2", "key-3"], ["key-1"], ["key-2"], ["key-3"], ["key-2"]]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "a batch of 3 was rejected, posting one by one: no such value"),
        ("ERROR", "posting failed"),
    ]
    assert caplog.records[1].exc_info is not None
    assert caplog.records[1].exc_info[1] is results[2]


async def test_nothing_of_a_rejected_batch_is_answered() -> None:
    store = MemoryStore()
    store.errors = [ValueError("no such value")]
    async with running_writer(store) as writer:
        with pytest.raises(ValueError, match="no such value"):
            await submit(writer, "key-1", disbursement(LOAN))
    assert (store.book.posted, store.answers, len(store.batches)) == ([], {}, 1)


async def test_a_command_that_met_another_writers_posting_is_tried_again_and_then_sees_it() -> None:
    store = MemoryStore()
    store.errors = [StoreConflict("serialization failure")] * (limits.CONFLICT_TRIES - 1)
    async with running_writer(store) as writer:
        assert not (await submit(writer, "key-1")).replayed
    assert len(store.batches) == limits.CONFLICT_TRIES


async def test_a_command_that_meets_others_again_and_again_is_told_to_come_back() -> None:
    store = MemoryStore()
    store.errors = [StoreConflict("serialization failure")] * limits.CONFLICT_TRIES
    async with running_writer(store) as writer:
        with pytest.raises(StoreUnavailable, match="serialization failure"):
            await submit(writer, "key-1")
        assert len(store.batches) == limits.CONFLICT_TRIES
        assert not (await submit(writer, "key-1")).replayed


async def test_commands_of_a_conflicting_batch_are_each_tried_as_often_as_one_alone() -> None:
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store) as writer:
        tasks = [submit(writer, "key-0")]
        await settled()
        tasks += [submit(writer, f"key-{number}") for number in (1, 2)]
        await settled()
        store.fails_on["key-1"] = StoreConflict("serialization failure")
        store.open.set()
        results = await outcomes(tasks)
    assert [type(each) for each in results] == [PostingResult, StoreUnavailable, PostingResult]
    assert store.batches[2:] == [["key-1"]] * limits.CONFLICT_TRIES + [["key-2"]]


async def test_a_database_that_is_away_fails_the_whole_batch_and_nothing_is_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = MemoryStore()
    store.open.clear()
    store.errors = [None, StoreUnavailable("connection refused")]
    async with running_writer(store) as writer:
        tasks = [submit(writer, "key-0")]
        await settled()
        tasks += [submit(writer, f"key-{number}") for number in (1, 2)]
        await settled()
        store.open.set()
        results = await outcomes(tasks)
        assert [type(each) for each in results] == [PostingResult, StoreUnavailable, StoreUnavailable]
        assert store.batches == [["key-0"], ["key-1", "key-2"]]
        assert not (await submit(writer, "key-1")).replayed
    assert caplog.messages == ["database unavailable, 2 postings not answered: connection refused"]


async def test_a_caller_that_goes_away_does_not_stop_its_posting() -> None:
    store = MemoryStore()
    store.open.clear()
    async with running_writer(store) as writer:
        leaving, staying = submit(writer, "key-1", disbursement(LOAN)), submit(writer, "key-2")
        await settled()
        leaving.cancel()
        store.open.set()
        assert isinstance((await outcomes([leaving]))[0], asyncio.CancelledError)
        assert not (await staying).replayed
        assert (await submit(writer, "key-1", disbursement(LOAN))).replayed


async def test_a_caller_that_went_away_is_passed_over_when_the_posting_fails() -> None:
    store = MemoryStore()
    store.open.clear()
    store.errors = [StoreUnavailable("connection refused")]
    async with running_writer(store) as writer:
        leaving, staying = submit(writer, "key-1"), submit(writer, "key-2")
        await settled()
        leaving.cancel()
        store.open.set()
        assert [type(each) for each in await outcomes([leaving, staying])] == [asyncio.CancelledError, StoreUnavailable]
        assert not (await submit(writer, "key-1")).replayed


async def test_a_blocked_reversal_names_the_entries_that_block_it() -> None:
    asked = []

    async def read(tenant_id: str, entry_id: str, loan_ids: Sequence[str]) -> list[BucketLine]:
        asked.append((tenant_id, entry_id, loan_ids))
        opened = BucketLine(LOAN, "1100", entry_id, "disbursement", TODAY, "DR", 100, True)
        return [opened, BucketLine(LOAN, "1100", "entry-9", "payment_received", TODAY, "CR", 60, True)]

    async with running_writer(MemoryStore(), read) as writer:
        opened = orjson.loads((await submit(writer, "key-1", disbursement(LOAN, 100))).body)["journal_entry_id"]
        await submit(writer, "key-2", payment(LOAN, 60))
        with pytest.raises(ReversalBlocked) as refused:
            await submit(writer, "key-3", reversal(opened))
    assert asked == [(TENANT, opened, (LOAN,))]
    assert [each.message for each in refused.value.field_errors] == [
        f"loan {LOAN}: reverse payment_received entry-9 with effective_at 2026-03-31 first"
    ]
    assert refused.value.__suppress_context__
