"""What handlers share: where a posting comes from, how it is answered, and how values are written on the wire."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app import clock
from app.edge.call import Answer, Call
from app.posting.commands import Origin, Receipt

REPLAYED = ((b"idempotency-replayed", b"true"),)


def origin(call: Call) -> Origin:
    assert call.principal is not None, "a posting has a token"
    return Origin(call.tenant_id, call.principal.actor, call.correlation_id, call.idempotency_key, call.request_hash)


def posted(receipt: Receipt) -> Answer:
    """201 the first time, 200 with the same bytes for every repetition."""
    return Answer(200, receipt.body, REPLAYED) if receipt.replayed else Answer(201, receipt.body)


def as_of_date(call: Call) -> date:
    """The date asked for, or today in UTC."""
    asked: date | None = call.parameters.get("as_of_date")
    return asked or clock.today()


def present(members: Mapping[str, Any]) -> dict[str, Any]:
    """Without the members that have no value: the contract leaves them out."""
    return {name: value for name, value in members.items() if value is not None}
