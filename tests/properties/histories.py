"""Random histories of a few loans: valid, refused, back-dated and reversed events in any order, and their outcome in memory."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.clock import timestamp
from app.ids import uuid7
from app.ledger.book import Book, ReversibleEntry
from app.ledger.decision import PostingContext
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.events.event import Event
from app.refusal import Refusal
from tests.support.events import day, disbursement, fee, new_id, noon, payment, reversal

LOANS = ("10000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002")
TENANT = "a0000000-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Step:
    """One request; `reverses` counts back over the entries posted so far. An accrual states the principal of its date truly."""

    kind: str
    loan_id: str
    amount_minor: int
    on: date
    reverses: int = 0


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(["disburse", "pay", "pay", "fee", "accrue", "reverse"]),
        st.sampled_from(LOANS),
        st.integers(1, 50),
        st.integers(-6, 1).map(day),
        st.integers(0, 5),
    ),
    min_size=4,
    max_size=30,
)


class MemoryLedger:
    """The rules on one book that is never saved: what every store must agree with."""

    def __init__(self) -> None:
        self.book = Book({}, {}, {})

    def event(self, step: Step, posted: list[str]) -> Event:
        """`posted` are the ids of the entries so far, in the ledger that the event is for."""
        if step.kind == "disburse":
            return disbursement(step.loan_id, step.amount_minor * 10, step.on)
        if step.kind == "pay":
            return payment(step.loan_id, step.amount_minor * 7, step.on)
        if step.kind == "fee":
            return fee(step.loan_id, step.amount_minor, step.on)
        if step.kind == "reverse":
            return reversal(posted[-1 - step.reverses % len(posted)] if posted else new_id(), step.on)
        loan = self.book.loans.get((TENANT, step.loan_id))
        principal_minor = loan.balance_as_of(step.on, 0) if loan else 0  # type: ignore[arg-type]
        return Accrual(new_id(), step.on, "ACT_365", (AccruedLoan(step.loan_id, principal_minor, step.amount_minor - 1),))

    def post(self, event: Event) -> tuple[str, Any]:
        """("posted", the allocation if any) or ("refused", code)."""
        now = noon()
        context = PostingContext(TENANT, "tester", new_id(), now, timestamp(now), uuid7(now), uuid7(now))
        try:
            posting = event.decide(self.book, context)
            self.book.post(posting)
        except Refusal as refusal:
            return "refused", refusal.code
        entry = posting.entry
        recorded = ReversibleEntry(entry.event_type, entry.effective_at, list(entry.lines), None)
        self.book.entries[TENANT, entry.journal_entry_id] = recorded
        return "posted", posting.answer.get("allocation")

    @property
    def posted_ids(self) -> list[str]:
        return [entry.journal_entry_id for entry in self.book.posted]
