"""A journal entry and its lines: the only thing that is ever written, and never changed.

Both are named tuples: as immutable as a frozen dataclass, made in a third of the time, and thousands are made in one accrual.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from app.ledger.chart import CREDIT, DEBIT, Direction, Layer


class Line(NamedTuple):
    """One side of a posting; `amount_minor` is positive, `loan_id` is set on the lines of a loan's own sub-accounts."""

    account_code: str
    direction: Direction
    amount_minor: int
    currency: str
    layer: Layer = "SETTLED"
    loan_id: str | None = None
    borrower_id: str | None = None
    external_ref: str | None = None


class Entry(NamedTuple):
    """`lines` are numbered from 1 in their order. `event_id` names the business event, `details` keeps what its request said.

    `idempotency_key` is that of the request; it stays with the entry when the key itself is forgotten.
    """

    tenant_id: str
    journal_entry_id: str
    event_id: str
    event_type: str
    effective_at: date
    posted_at: datetime
    lines: Sequence[Line]
    correlation_id: str
    actor: str
    reverses_entry_id: str | None = None
    description: str | None = None
    details: Mapping[str, Any] | None = None
    idempotency_key: str | None = None


def mirror(lines: Sequence[Line]) -> list[Line]:
    """The same lines with debit and credit exchanged."""
    return [line._replace(direction=CREDIT if line.direction == DEBIT else DEBIT) for line in lines]
