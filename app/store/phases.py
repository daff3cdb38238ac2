"""What passes between the writer and a store in one transaction, whatever the size of the batch.

| phase | the store | the batch |
|---|---|---|
| claim | reads the keys, the entries to reverse, then locks and reads the loans, in one order for all | says which |
| decide | waits | decides every command in memory, in order, each seeing the ones before it |
| write | writes keys, lines, entries, loans, days and totals, set-based | says what |
| commit | makes it durable | only then answers |
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection

from app.ledger.book import Book, RecordedEntry
from app.store.current import CurrentKey, CurrentLoans

T = TypeVar("T")
TenantAndId = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What a key was used for, and the bytes that were answered."""

    request_hash: bytes
    response_body: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What a store read for a batch; `busy` are keys that another process is posting right now."""

    answers: Mapping[TenantAndId, StoredAnswer]
    busy: frozenset[TenantAndId]
    book: Book


class Key(NamedTuple):
    """An idempotency key with all that its replay needs."""

    tenant_id: str
    key: str
    request_hash: bytes
    response_body: bytes


@dataclass(frozen=True, slots=True)
class Writes:
    """What a decided batch adds: the book's entries and changes, and the keys that asked for them."""

    book: Book
    keys: Sequence[Key]
    posted_at: datetime


class Batch(Protocol):
    """The commands of one transaction."""

    @property
    def tenant_ids(self) -> Sequence[str]: ...

    @property
    def keys(self) -> Sequence[TenantAndId]: ...

    @property
    def entries(self) -> Sequence[TenantAndId]:
        """The entries that commands of the batch reverse."""
        ...

    def loans(self, entries: Mapping[TenantAndId, RecordedEntry]) -> Mapping[TenantAndId, date]:
        """The loans to lock, those of `entries` included, each with the date after which its days are read."""
        ...

    def decide(self, found: Found) -> Writes | None:
        """Decide every command; None when there is nothing to write."""
        ...


class StoreUnavailable(Exception):
    """The database did not answer, or went away; whether a commit under way took hold is unknown."""


class StoreConflict(Exception):
    """Another writer took what the batch was decided on in the meantime; nothing was written, and a new try sees it."""


class Store(Protocol):
    """A database with one writer and many readers."""

    engine_name: str
    batches_at_once: int
    """Transactions of the writer that may be under way together."""

    async def post(self, batch: Batch) -> None:
        """All four phases in one transaction. Raises StoreUnavailable, StoreConflict, or the error of the driver."""
        ...

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], T]) -> T:
        """Run a query in a read-only transaction that sees only these tenants. Raises StoreUnavailable."""
        ...

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], T]) -> T:
        """Like `read`, and keeps what the query writes; not for postings."""
        ...

    async def current_loans(self, keys: Sequence[CurrentKey]) -> CurrentLoans:
        """Loans as they stand over all dates; None for one that the tenant does not have. Raises StoreUnavailable."""
        ...

    async def ping(self) -> None:
        """Raises StoreUnavailable."""
        ...

    async def migrated(self) -> bool:
        """Whether the schema is the newest."""
        ...

    async def close(self) -> None: ...


LOAN_COLUMNS = (
    "tenant_id, loan_id, borrower_id, currency, opened_on, last_effective_on, "
    "principal_minor, interest_minor, fees_minor, suspense_minor"
)
LINE_COLUMNS = (
    "tenant_id, journal_entry_id, sequence, effective_at, account_code, direction, amount_minor, currency, layer, "
    "loan_id, borrower_id, external_ref"
)
ENTRY_COLUMNS = (
    "tenant_id, journal_entry_id, event_id, event_type, effective_at, posted_at, line_count, correlation_id, actor, "
    "reverses_entry_id, description, details"
)
DAY_COLUMNS = (
    "tenant_id, loan_id, effective_at, last_posted_at, "
    "principal_minor, interest_minor, fees_minor, suspense_minor, accrual_entry_id"
)
Row = tuple[Any, ...]
