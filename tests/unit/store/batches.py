"""Batches of one tenant's commands for the transactions of the two engines, and what each was decided on."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from app.ids import uuid7_at
from app.ledger.events.event import Event
from app.posting.batch import Batch
from app.posting.command import Command, PostingRequest, PostingResult
from app.store.transaction import Snapshot, Writes
from tests.support.events import new_id, noon

MADE_BY: Final = (noon, uuid7_at)
"""The clock and the ids of a batch."""


class ObservedBatch(Batch):
    """Keeps what the store read for it."""

    snapshot: Snapshot

    def decide(self, snapshot: Snapshot) -> Writes | None:
        self.snapshot = snapshot
        return super().decide(snapshot)


class FailingBatch(Batch):
    """Fails after everything is decided and before anything is written."""

    def decide(self, snapshot: Snapshot) -> Writes | None:
        super().decide(snapshot)
        raise ZeroDivisionError


@dataclass
class BatchMaker:
    """For a tenant that is new; each command has a key of its own unless keys are given."""

    tenant_id: str = field(default_factory=new_id)
    _numbers: Any = field(default_factory=lambda: count(1))

    def commands(self, *events: Event, keys: tuple[str, ...] = ()) -> list[Command]:
        keys = keys or tuple(f"key-{next(self._numbers):06d}" for _ in events)
        requests = [
            PostingRequest(self.tenant_id, "tester", new_id(), key, repr(event).encode())
            for key, event in zip(keys, events, strict=True)
        ]
        return [Command(request, event) for request, event in zip(requests, events, strict=True)]

    def batch(self, *events: Event, keys: tuple[str, ...] = ()) -> ObservedBatch:
        return ObservedBatch(self.commands(*events, keys=keys), *MADE_BY)

    def failing(self, *events: Event) -> FailingBatch:
        return FailingBatch(self.commands(*events), *MADE_BY)


def bodies(batch: Batch) -> list[bytes]:
    """The answers of a batch of which no command was refused."""
    results = [command.outcome for command in batch.commands]
    assert all(isinstance(result, PostingResult) for result in results), results
    return [result.body for result in results if isinstance(result, PostingResult)]
