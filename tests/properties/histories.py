"""Random histories of a few loans: valid, refused, back-dated and reversed events in any order, and their outcome in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.clock import timestamp
from app.ids import uuid7
from app.ledger.book import Book, ReversibleEntry
from app.ledger.decision import PostingContext
from app.ledger.events.event import Event
from app.refusal import Refusal
from tests.support.events import day, new_id, noon
from tests.support.postings import BY_VERB, POSTINGS, Facts

LOANS = ("10000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002")
TENANT = "a0000000-0000-4000-8000-000000000001"
AMOUNTS: Mapping[str, Callable[[int], int]] = {
    "disburse": lambda amount_minor: 10 * amount_minor,
    "pay": lambda amount_minor: 7 * amount_minor,
    "accrue": lambda amount_minor: amount_minor - 1,
}
"""How the amount of a step is scaled: it takes several payments to pay a loan, payments cross buckets, interest may be zero."""


@dataclass(frozen=True)
class Step:
    """One request. `verb` is that of the table of postings; `reverses` counts back over the entries posted so far.

    An accrual states the true principal of its date.
    """

    verb: str
    loan_id: str
    amount_minor: int
    on: date
    reverses: int = 0


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from([*(posting.verb for posting in POSTINGS), "pay"]),
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
        loan = self.book.loans.get((TENANT, step.loan_id))
        facts = Facts(
            step.loan_id,
            on=step.on,
            amount_minor=AMOUNTS.get(step.verb, int)(step.amount_minor),
            principal_minor=loan.balance_as_of(step.on, 0) if loan else 0,  # type: ignore[arg-type]
            entry_id=posted[-1 - step.reverses % len(posted)] if posted else new_id(),
        )
        return BY_VERB[step.verb].event(facts)

    def post(self, event: Event) -> tuple[str, Any]:
        """("posted", the allocation if any) or ("refused", code)."""
        now = noon()
        context = PostingContext(TENANT, "tester", new_id(), now, timestamp(now), uuid7(now), uuid7(now), new_id())
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
