"""What a rule is given besides its event and the book, and what it decides."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from app.ledger.entry import Entry, Line
from app.ledger.loan import LoanAccount
from app.ledger.refusals import EffectiveDateInFuture
from app.refusal import FieldError


class PostingContext(NamedTuple):
    """What the rules do not make themselves: who posts, when, the ids to give; `posted_at` is `now` as the contract writes it.

    `now` is the moment of posting, not the clock of this process: it never falls, so that what was posted can be corrected.
    """

    tenant_id: str
    actor: str
    correlation_id: str
    now: datetime
    posted_at: str
    journal_entry_id: str
    event_id: str
    idempotency_key: str

    def require_not_future(self, effective_at: date, field: str = "/effective_at") -> None:
        """Raises EffectiveDateInFuture after tomorrow in UTC: today somewhere on earth is still allowed."""
        latest = self.now.date() + timedelta(days=1)
        if effective_at > latest:
            message = f"may be {latest} (tomorrow in UTC) at the latest"
            raise EffectiveDateInFuture(f"{effective_at}: {message}", FieldError(field, EffectiveDateInFuture.code, message))

    def entry(self, event_type: str, effective_at: date, lines: list[Line], details: Mapping[str, Any], **optional: str) -> Entry:
        """The entry that this posting makes; details without a value are left out."""
        return Entry(
            tenant_id=self.tenant_id,
            journal_entry_id=self.journal_entry_id,
            event_id=self.event_id,
            event_type=event_type,
            effective_at=effective_at,
            posted_at=self.now,
            lines=lines,
            correlation_id=self.correlation_id,
            actor=self.actor,
            details={name: value for name, value in details.items() if value is not None} or None,
            idempotency_key=self.idempotency_key,
            **optional,
        )


class Decision(NamedTuple):
    """A decided event: its entry and the contract's answer, the loan it opens, and the loans whose effective date it accrues."""

    entry: Entry
    answer: Mapping[str, Any]
    opens: LoanAccount | None = None
    accrues: Sequence[str] = ()
