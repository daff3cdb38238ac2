"""A journal entry and its lines: the only thing that is ever written, and never changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.ledger.accounts import CREDIT, DEBIT, SETTLED, Direction, Layer


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a posting; `amount_minor` is positive, `loan_id` is set on the lines of a loan's own sub-accounts."""

    account_code: str
    direction: Direction
    amount_minor: int
    currency: str
    layer: Layer = "SETTLED"
    loan_id: str | None = None
    borrower_id: str | None = None
    external_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """`lines` are numbered from 1 in their order. `event_id` names the business event, `details` keeps what its request said."""

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


def is_balanced(lines: Sequence[Line]) -> bool:
    """Whether debits equal credits in each currency and layer."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        signed = line.amount_minor if line.direction == DEBIT else -line.amount_minor
        sums[line.currency, line.layer] += signed
    return not any(sums.values())


def mirror(lines: Sequence[Line]) -> list[Line]:
    """The same lines with debit and credit exchanged."""
    return [
        Line(
            line.account_code,
            CREDIT if line.direction == DEBIT else DEBIT,
            line.amount_minor,
            line.currency,
            line.layer,
            line.loan_id,
            line.borrower_id,
            line.external_ref,
        )
        for line in lines
    ]


__all__ = ["CREDIT", "DEBIT", "SETTLED", "Entry", "Line", "is_balanced", "mirror"]
