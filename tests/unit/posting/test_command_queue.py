"""Tenants are served in turn, whichever way batches are made."""

import pytest

from app import limits
from app.posting.command import Command, PostingRequest
from app.posting.command_queue import CommandQueue
from tests.support.events import disbursement, new_id


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


def test_an_empty_queue_gives_an_empty_batch() -> None:
    assert CommandQueue(False).take() == []
