"""The commands of one transaction: what must be read for them, and the decision on each, in order.

A refused command touches no other; a command sees all that the ones before it posted, so that a batch decides as if its commands
had been posted one by one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

import orjson

from app.clock import moment_at, timestamp
from app.ledger.book import EntryKey, LoanKey, ReversibleEntry
from app.ledger.decision import PostingContext
from app.posting.command import Command, PostingResult
from app.posting.posting_order import PostingOrder
from app.posting.refusals import IdempotencyInProgress, IdempotencyMismatch
from app.refusal import Refusal
from app.store.transaction import IdempotencyKey, IdempotencyRecord, Snapshot, Writes


class Batch:
    """`now` is called once everything is locked; `new_id(microsecond, number)` makes ids that are in the order of posting."""

    def __init__(self, commands: Sequence[Command], now: Callable[[], datetime], new_id: Callable[[int, int], str]) -> None:
        self.commands = commands
        self._now = now
        self._new_id = new_id
        self.tenant_ids = sorted({command.request.tenant_id for command in commands})
        self.keys: list[IdempotencyKey] = sorted({command.key for command in commands})
        self.entries: list[EntryKey] = sorted(
            {(command.request.tenant_id, entry_id) for command in commands for entry_id in command.reads.entry_ids}
        )

    @property
    def correlation_ids(self) -> list[str]:
        return [command.request.correlation_id for command in self.commands]

    def loans(self, entries: Mapping[EntryKey, ReversibleEntry]) -> dict[LoanKey, date]:
        """Every loan of the batch, with the earliest date from which on its days matter."""
        found: dict[LoanKey, date] = {}
        for command in self.commands:
            changes_from = command.reads.changes_from
            for key in _loan_keys(command, entries):
                found[key] = min(found.get(key, changes_from), changes_from)
        return found

    def decide(self, snapshot: Snapshot) -> Writes | None:
        """Sets the outcome of every command, None for one that must wait; the writes of those that post, or None."""
        order = PostingOrder(self._now(), snapshot.newest_entry_ids)
        records: dict[IdempotencyKey, IdempotencyRecord] = {}
        for command in self.commands:
            try:
                command.outcome = _replay(command, snapshot, records) or self._post(command, snapshot, records, order)
            except Refusal as refusal:
                command.outcome = refusal
        return Writes(snapshot.book, list(records.values())) if records else None

    def _post(
        self,
        command: Command,
        snapshot: Snapshot,
        records: dict[IdempotencyKey, IdempotencyRecord],
        order: PostingOrder,
    ) -> PostingResult | None:
        if command.key in snapshot.in_flight:
            raise IdempotencyInProgress
        if (snapshot.held_loans or snapshot.held_tenants) and _is_held(command, snapshot):
            return None
        request = command.request
        microsecond = order.next_microsecond(request.tenant_id)
        now = moment_at(microsecond)
        ids = self._new_id(microsecond, 0), self._new_id(microsecond, 1)
        key = request.idempotency_key
        context = PostingContext(request.tenant_id, request.actor, request.correlation_id, now, timestamp(now), *ids, key)
        decision = command.event.decide(snapshot.book, context)
        snapshot.book.post(decision)
        order.advance(request.tenant_id, microsecond)
        body = orjson.dumps(decision.answer)
        records[command.key] = IdempotencyRecord(request.tenant_id, key, request.request_hash, body, now)
        return PostingResult(body, replayed=False, journal_entry_id=ids[0])


def _replay(command: Command, snapshot: Snapshot, records: Mapping[IdempotencyKey, IdempotencyRecord]) -> PostingResult | None:
    """The answer that the key has already, from the database or from this batch; None for a new key."""
    answer = snapshot.answers.get(command.key) or records.get(command.key)
    if answer is None:
        return None
    if answer.request_hash != command.request.request_hash:
        raise IdempotencyMismatch(orjson.loads(answer.response_body).get("journal_entry_id"))
    return PostingResult(answer.response_body, replayed=True)


def _loan_keys(command: Command, entries: Mapping[EntryKey, ReversibleEntry]) -> Iterable[LoanKey]:
    """The loans that the command names itself, then those on the lines of its entries."""
    tenant_id, reads = command.request.tenant_id, command.reads
    for loan_id in reads.loan_ids:
        yield tenant_id, loan_id
    for entry_id in reads.entry_ids:
        for loan_id in _loans_of(entries.get((tenant_id, entry_id))):
            yield tenant_id, loan_id


def _is_held(command: Command, snapshot: Snapshot) -> bool:
    if command.request.tenant_id in snapshot.held_tenants:
        return True
    return any(key in snapshot.held_loans for key in _loan_keys(command, snapshot.book.entries))


def _loans_of(entry: ReversibleEntry | None) -> Iterable[str]:
    return () if entry is None else [line.loan_id for line in entry.lines if line.loan_id is not None]
