"""Tenants are served in turn, whichever way batches are made."""

import pytest

from app import limits
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.posting.command import Command, PostingRequest
from app.posting.command_queue import CommandQueue
from tests.support.events import TODAY, disbursement, new_id


def command(tenant_id: str, key: str) -> Command:
    return Command(PostingRequest(tenant_id, "tester", new_id(), key, b""), disbursement(new_id()))


def filled(one_tenant_batches: bool, waiting: dict[str, int]) -> CommandQueue:
    queue = CommandQueue(one_tenant_batches)
    for tenant_id, count in waiting.items():
        for number in range(count):
            queue.put(command(tenant_id, f"{number}"))
    return queue


def tenants_of(batch: list[Command]) -> list[str]:
    return [each.request.tenant_id for each in batch]


def test_a_busy_tenant_does_not_keep_others_out_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BATCH", 5)
    queue = filled(False, {"busy": 100, "quiet": 1, "other": 2})
    assert tenants_of(queue.take()) == ["busy", "quiet", "other", "busy", "other"]
    assert len(queue) == 98


def test_batches_of_one_tenant_take_tenants_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BATCH", 3)
    queue = filled(True, {"busy": 7, "quiet": 1})
    batches = [tenants_of(queue.take()) for _ in range(4)]
    assert batches == [["busy"] * 3, ["quiet"], ["busy"] * 3, ["busy"]]
    assert len(queue) == 0


def test_a_tenants_commands_keep_their_order() -> None:
    queue = filled(False, {"one": 4, "two": 4})
    keys = [each.request.idempotency_key for each in queue.take() if each.request.tenant_id == "one"]
    assert keys == ["0", "1", "2", "3"]


def test_commands_of_thousands_of_loans_fill_a_batch_by_their_loans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BATCH_LOANS", 2)
    queue = filled(False, {"one": 5})
    assert len(queue.take()) == 2


def large(tenant_id: str, key: str, loans: int = limits.LARGE_BATCH_LOANS) -> Command:
    event = Accrual(new_id(), TODAY, "ACT_365", [AccruedLoan(new_id(), 1, 1)] * loans)
    return Command(PostingRequest(tenant_id, "tester", new_id(), key, b""), event)


def keys_of(batch: list[Command]) -> list[str]:
    return [each.request.idempotency_key for each in batch]


def test_large_commands_and_small_ones_take_turns_and_one_large_batch_is_out_at_a_time() -> None:
    queue = filled(False, {"quiet": 2})
    for number in range(3):
        queue.put(large("busy", f"large-{number}"))
    assert len(queue) == 5
    batches = [queue.take() for _ in range(3)]
    assert [keys_of(batch) for batch in batches] == [["0", "1"], ["large-0"], []]
    queue.put(command("quiet", "2"))
    queue.release(batches[0])
    assert keys_of(queue.take()) == ["2"]
    assert not queue.is_due()
    queue.release(batches[1])
    assert queue.is_due()
    assert keys_of(queue.take()) == ["large-1"]


def test_a_large_command_does_not_wait_for_every_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BATCH", 1)
    queue = filled(False, {"busy": 4})
    queue.put(large("quiet", "large"))
    first, second = queue.take(), queue.take()
    queue.release(first)
    assert [keys_of(batch) for batch in (first, second, queue.take())] == [["0"], ["large"], ["1"]]


def test_a_further_batch_is_begun_beside_another_when_there_are_enough_commands_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FURTHER_BATCH", 3)
    queue = filled(False, {"one": 1})
    first = queue.take()
    for key in ("1", "2"):
        queue.put(command("two", key))
        assert not queue.is_due()
        assert queue.take() == []
    queue.put(command("one", "3"))
    assert queue.is_due()
    assert keys_of(queue.take()) == ["1", "3", "2"]
    queue.put(command("one", "4"))
    assert not queue.is_due()
    queue.release(first)
    assert not queue.is_due()


def test_what_is_left_is_taken_when_no_batch_is_out() -> None:
    queue = filled(False, {"one": 1})
    first = queue.take()
    queue.put(command("one", "1"))
    queue.release(first)
    assert queue.is_due()
    assert keys_of(queue.take()) == ["1"]


def test_large_commands_of_one_tenant_share_a_batch_up_to_its_limit_of_loans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGE_BATCH_LOANS", 201)
    queue = CommandQueue(False)
    for number in range(3):
        queue.put(large("one", f"large-{number}", 101))
    queue.put(large("two", "large-3", 101))
    taken = []
    for _ in range(3):
        taken.append(queue.take())
        queue.release(taken[-1])
    assert [keys_of(batch) for batch in taken] == [["large-0", "large-1"], ["large-3"], ["large-2"]]


def test_a_tenant_that_is_set_apart_is_in_no_batch_with_another_until_it_is_readmitted() -> None:
    queue = CommandQueue(False)
    queue.set_apart("locked")
    for key in ("0", "1"):
        queue.put(command("locked", key))
        queue.put(command("other", key))
    batches = [queue.take() for _ in range(2)]
    assert [tenants_of(batch) for batch in batches] == [["other", "other"], ["locked", "locked"]]
    for batch in batches:
        queue.release(batch)
    queue.readmit("locked")
    queue.put(command("locked", "2"))
    queue.put(command("other", "2"))
    assert tenants_of(queue.take()) == ["locked", "other"]


def test_an_empty_queue_gives_an_empty_batch() -> None:
    assert CommandQueue(False).take() == []
