"""What is handed to the writer, and what comes back."""

from dataclasses import dataclass
from typing import NamedTuple

from app.ledger.errors import Refusal
from app.ledger.event import Event


class Origin(NamedTuple):
    """Which request asks: `correlation_id` is its trace id as a uuid, `request_hash` identifies its operation and payload."""

    tenant_id: str
    actor: str
    correlation_id: str
    idempotency_key: str
    request_hash: bytes


class Receipt(NamedTuple):
    """The answer as it was stored with the posting: JSON, byte for byte the same for every repetition of the request."""

    body: bytes
    replayed: bool


@dataclass(slots=True)
class Command:
    """A request on its way through the writer; `outcome` is set by its batch."""

    origin: Origin
    event: Event
    outcome: Receipt | Refusal | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.origin.tenant_id, self.origin.idempotency_key
