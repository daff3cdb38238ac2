"""What the writer and a store exchange in one transaction, whatever the size of the batch.

| step | the store | the batch |
|---|---|---|
| read | claims the keys, reads the entries to reverse, locks and reads the loans that no other transaction holds | says which |
| decide | waits | decides every command in memory, in order, each seeing the ones before it |
| write | writes keys, lines, entries, loans, days and totals, set-based | says what |
| commit | makes it durable | only then answers |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from app.ledger.book import Book, EntryKey, LoanKey, ReversibleEntry

IdempotencyKey = tuple[str, str]
"""Tenant and the key that a client chose."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What a key was used for, and the bytes that were answered."""

    request_hash: bytes
    response_body: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a store read for a batch; the keys `in_flight` are those that another process is posting right now.

    `newest_entry_ids` has each tenant's greatest entry id, read once the loans are locked; a tenant without entries has none.
    `held_loans` and `held_tenants` are locked by another transaction, which was not waited for.
    """

    answers: Mapping[IdempotencyKey, StoredAnswer]
    in_flight: frozenset[IdempotencyKey]
    book: Book
    newest_entry_ids: Mapping[str, str]
    held_loans: frozenset[LoanKey] = frozenset()
    held_tenants: frozenset[str] = frozenset()


class IdempotencyRecord(NamedTuple):
    """An idempotency key with all that its replay needs."""

    tenant_id: str
    key: str
    request_hash: bytes
    response_body: bytes
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Writes:
    """What a decided batch adds: the book's entries and changes, and the keys that asked for them."""

    book: Book
    keys: Sequence[IdempotencyRecord]


class CommandBatch(Protocol):
    """The commands of one transaction, as a store sees them."""

    @property
    def tenant_ids(self) -> Sequence[str]: ...

    @property
    def keys(self) -> Sequence[IdempotencyKey]: ...

    @property
    def correlation_ids(self) -> Sequence[str]:
        """The traces of the requests that the commands are from."""
        ...

    @property
    def entries(self) -> Sequence[EntryKey]:
        """The entries that commands of the batch refer to."""
        ...

    def loans(self, entries: Mapping[EntryKey, ReversibleEntry]) -> Mapping[LoanKey, date]:
        """The loans to lock, those of `entries` included, each with the date from which on its days are read."""
        ...

    def decide(self, snapshot: Snapshot) -> Writes | None:
        """Decide every command whose tenant and loans are not held; None when there is nothing to write."""
        ...
