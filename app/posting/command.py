"""What is handed to the writer, and what comes back."""

from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from app.ledger.events.event import Event, ReadSet
from app.refusal import Refusal


class PostingRequest(NamedTuple):
    """Which request posts: `correlation_id` is its trace id as a uuid, `request_hash` identifies its operation and payload."""

    tenant_id: str
    actor: str
    correlation_id: str
    idempotency_key: str
    request_hash: bytes


class PostingResult(NamedTuple):
    """The answer as it was stored with the posting: JSON, byte for byte the same for every repetition of the request.

    `journal_entry_id` is the entry that was posted; a repetition posts none.
    """

    body: bytes
    replayed: bool
    journal_entry_id: str | None = None


@dataclass(slots=True)
class Command:
    """An event on its way through the writer, with what it reads.

    `outcome` is set by its batch, and stays None while another transaction holds what the event changes: it is then tried again
    until `expires_at`, in seconds of the event loop's clock. `deferrals` counts how often that was.
    """

    request: PostingRequest
    event: Event
    reads: ReadSet = field(init=False)
    outcome: PostingResult | Refusal | None = None
    expires_at: float = inf
    deferrals: int = 0

    def __post_init__(self) -> None:
        self.reads = self.event.reads()

    @property
    def loan_keys(self) -> list[tuple[str, str]]:
        """Tenant and loan, of the loans that the event names itself."""
        return [(self.request.tenant_id, loan_id) for loan_id in self.reads.loan_ids]

    @property
    def key(self) -> tuple[str, str]:
        return self.request.tenant_id, self.request.idempotency_key
