"""The commands of one transaction: what must be read for them, and the decision on each, in order.

A refused command touches no other; a command sees all that the ones before it posted.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson

from app.clock import timestamp
from app.ledger.book import RecordedEntry, Stamp
from app.ledger.errors import Refusal
from app.posting.commands import Command, Receipt
from app.posting.errors import IdempotencyInProgress, IdempotencyMismatch
from app.store.phases import Found, Key, TenantAndId, Writes


class Batch:
    """`now` and `new_id(now)` are called once everything is locked, so that ids and times are in the order of posting."""

    def __init__(self, commands: Sequence[Command], now: Callable[[], datetime], new_id: Callable[[datetime], str]) -> None:
        self.commands = commands
        self._now = now
        self._new_id = new_id
        self.tenant_ids = sorted({command.origin.tenant_id for command in commands})
        self.keys: list[TenantAndId] = sorted({command.key for command in commands})
        self.entries: list[TenantAndId] = sorted(
            {
                (command.origin.tenant_id, command.event.reverses_entry_id)
                for command in commands
                if command.event.reverses_entry_id is not None
            }
        )

    def loans(self, entries: Mapping[TenantAndId, RecordedEntry]) -> dict[TenantAndId, date]:
        """Every loan of the batch, with the earliest date after which its days matter."""
        wanted: dict[TenantAndId, date] = {}
        for command in self.commands:
            tenant_id, event, later_than = command.origin.tenant_id, command.event, command.event.later_than
            for loan_id in (*event.loan_ids, *_reversed_loans(entries.get((tenant_id, event.reverses_entry_id or "")))):
                key = (tenant_id, loan_id)
                wanted[key] = min(wanted.get(key, later_than), later_than)
        return wanted

    def decide(self, found: Found) -> Writes | None:
        """Sets the outcome of every command; the writes of those that post, or None."""
        now = self._now()
        posted_at = timestamp(now)
        keys: dict[TenantAndId, Key] = {}
        for command in self.commands:
            try:
                command.outcome = self._replayed(command, found) or self._posted(command, found, keys, now, posted_at)
            except Refusal as refusal:
                command.outcome = refusal
        return Writes(found.book, list(keys.values()), now) if keys else None

    def _replayed(self, command: Command, found: Found) -> Receipt | None:
        answer = found.answers.get(command.key)
        if answer is None:
            return None
        if answer.request_hash != command.origin.request_hash:
            raise IdempotencyMismatch
        return Receipt(answer.response_body, replayed=True)

    def _posted(self, command: Command, found: Found, keys: dict[TenantAndId, Key], now: datetime, posted_at: str) -> Receipt:
        if command.key in found.busy or command.key in keys:
            raise IdempotencyInProgress
        origin = command.origin
        ids = self._new_id(now), self._new_id(now)
        stamp = Stamp(origin.tenant_id, origin.actor, origin.correlation_id, now, posted_at, *ids)
        posting = command.event.decide(found.book, stamp)
        found.book.post(posting)
        body = orjson.dumps(posting.answer)
        keys[command.key] = Key(origin.tenant_id, origin.idempotency_key, origin.request_hash, body)
        return Receipt(body, replayed=False)


def _reversed_loans(entry: RecordedEntry | None) -> Sequence[Any]:
    return () if entry is None else [line.loan_id for line in entry.lines if line.loan_id is not None]
