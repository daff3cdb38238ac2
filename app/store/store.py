"""What a database offers to the rest of the service, whichever engine it is, and how it fails."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from app.ledger.balance import CurrentLoans
from app.ledger.book import LoanKey
from app.refusal import Refusal
from app.store.transaction import CommandBatch

_T = TypeVar("_T")


class StoreUnavailable(Refusal):
    """The database did not answer, or went away; whether a commit under way took hold is unknown.

    `reason` is the driver's own words, for the log; the caller is told to try again.
    """

    code = "unavailable"
    retry_after_seconds = 1

    def __init__(self, reason: str) -> None:
        super().__init__("the database did not answer; repeat the request, a posting with the same key: it posts once at most")
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class ConnectionLost(StoreUnavailable):
    """The connection is of no use any more; a new one may answer at once."""


class StoreReadOnly(ConnectionLost):
    """The database takes no writes, as a standby or after a failover; a new connection may reach one that does."""


class StoreMisconfigured(StoreUnavailable):
    """The database answers, but must not be used as it is set up; `reason` says what to do, in words of this service."""


class StoreConflict(Exception):
    """Another writer took what the batch was decided on in the meantime; nothing was written, and a new try sees it."""


class StoreLocked(StoreConflict):
    """Another transaction holds what all commands of a tenant change, or `everything`, for longer than a batch waits."""

    def __init__(self, reason: str, *, everything: bool = False) -> None:
        super().__init__(reason)
        self.everything = everything


class Store(Protocol):
    """A database with one writer and many readers."""

    batches_at_once: int
    """Transactions of the writer that may be under way together."""

    async def post(self, batch: CommandBatch) -> None:
        """All steps of `app.store.transaction`. Raises StoreUnavailable, StoreConflict, StoreLocked, or the driver's error."""
        ...

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        """Run a query by key in a read-only transaction that sees only these tenants. Raises StoreUnavailable."""
        ...

    async def scan(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        """Like `read`, for a query over all rows of a tenant: it takes no connection from the queries of requests."""
        ...

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], _T]) -> _T:
        """Like `read`, and keeps what the query writes; not for postings."""
        ...

    async def current_loans(self, keys: Sequence[LoanKey]) -> CurrentLoans:
        """The current balance of each loan; None for one that the tenant does not have. Raises StoreUnavailable."""
        ...

    async def last_change(self) -> object:
        """A value that is another one as soon as anything in the database was committed, by whomever. Raises StoreUnavailable."""
        ...

    async def check_writable(self) -> None:
        """Raises StoreUnavailable unless the database answers and takes writes."""
        ...

    async def check_login(self, *, may_bypass_row_security: bool) -> None:
        """Raises StoreMisconfigured for a login or a connection pooler with which tenants would not be kept apart."""
        ...

    async def schema_problem(self) -> str | None:
        """What is wrong with the version of the schema and what to do, in one line; None when it is this program's."""
        ...

    def connections(self) -> Mapping[str, tuple[int, int]]:
        """How many connections are in use, and how many idle, by what they are for."""
        ...

    async def close(self) -> None: ...
