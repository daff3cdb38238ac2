"""What the deliverer needs of a database, whichever engine it is.

One lease per endpoint decides who delivers to it. What was attempted is recorded for many entries of many endpoints in one
transaction; a record that is lost, with the process or with the lease, only means that its entries are sent once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType, Protocol

Cursor = NewType("Cursor", str)
"""A place in the journal's commit order, of which only the store knows the meaning."""
DeliveryError = Literal["connect", "tls", "timeout", "closed", "refused_address", "unresolved"]
"""Why there was no answer."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one owner to deliver to one endpoint; each new lease has a greater `epoch`."""

    tenant_id: str
    webhook_endpoint_id: str
    owner: str
    epoch: int


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """The bytes that sign, decrypted; the previous secret has an end."""

    key: bytes
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeasedEndpoint:
    """An enabled endpoint as it is now.

    Every entry up to `cursor` has been attempted and recorded. `failing_since` is the first failure after the last success, or
    after the endpoint was last enabled.
    """

    lease: Lease
    url: str
    secrets: tuple[SigningSecret, ...]
    cursor: Cursor
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An entry to be sent. `correlation_id` is the trace id of its posting as a uuid.

    `attempt_count` counts all attempts so far, `round_attempts` those since the entry was posted or last asked for by a
    redelivery: the schedule of retries goes by these. `cursor` is the place after the entry; only untried entries have one.
    """

    journal_entry_id: str
    event_type: str
    posted_at: datetime
    correlation_id: str | None
    attempt_count: int = 0
    round_attempts: int = 0
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The next entries, with the secrets of this moment; `cursor` is after the last entry looked at, of any type."""

    entries: Sequence[PendingEntry]
    cursor: Cursor
    secrets: tuple[SigningSecret, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that has ended. `next_attempt_at` is None once the entry is delivered or failed for good.

    `disables` the endpoint: the entry stays pending, whatever `status` says of later attempts.
    """

    lease: Lease
    entry: PendingEntry
    started_at: datetime
    ended_at: datetime
    status: Literal["delivered", "pending", "failed"]
    next_attempt_at: datetime | None = None
    response_status: int | None = None
    error: DeliveryError | None = None
    disables: bool = False


class DeliveryStore(Protocol):
    """Leases go by the database's clock, attempts by the one of the deliverer. Every method raises StoreUnavailable.

    Memory stays bounded by the limits that are handed in, whatever the backlog.
    """

    async def is_unattended(self) -> bool:
        """Whether an enabled endpoint has no lease, or one that has run out; asked once a second, endpoints or none."""
        ...

    async def claim(self, owner: str, lease_seconds: float, limit: int) -> Sequence[LeasedEndpoint]:
        """Leases enabled endpoints that have no lease, or one that has run out."""
        ...

    async def renew(self, leases: Sequence[Lease], lease_seconds: float) -> Sequence[LeasedEndpoint]:
        """Those that are still leased and enabled, from now on; one that another owner has, or that is disabled, is left out."""
        ...

    async def release(self, leases: Sequence[Lease]) -> None:
        """Others may claim the endpoints at once; a lease that is lost already is passed over."""
        ...

    async def with_work(self, read_to: Mapping[Lease, Cursor], now: datetime) -> Sequence[Lease]:
        """Of these endpoints those with an entry after the cursor or one that is due; asked a few times a second."""
        ...

    async def untried(self, lease: Lease, after: Cursor, limit: int) -> EntryPage | None:
        """The next entries that have no attempt yet, in posting order; of the event types that the endpoint wants.

        At most `limit` entries are looked at, so that a page may be empty although its cursor moved. None for an endpoint that is
        disabled, or leased to another owner.
        """
        ...

    async def due(self, lease: Lease, now: datetime, limit: int) -> EntryPage | None:
        """Entries whose next attempt is due, the longest due first: retries, and what a redelivery asks for.

        Entries under way are among them, until their attempt is recorded: `limit` allows for them. None as above.
        """
        ...

    async def record(self, attempts: Sequence[Attempt], cursors: Mapping[Lease, Cursor]) -> Sequence[Lease]:
        """Keeps attempts of many endpoints, and moves cursors on, in one transaction; need not wait for the disk.

        Attempts of an endpoint that another owner has by now are dropped, and its lease is among those returned; those of one
        that was disabled meanwhile are kept. `failing_since` of each endpoint follows from its attempts.
        """
        ...
