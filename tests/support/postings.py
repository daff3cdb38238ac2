"""Every posting operation of the contract, once: the table that the tests of all postings loop over.

A new posting operation is one new entry of `POSTINGS`; a test fails while the contract and the table differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from app import limits
from app.ledger.events.event import Event
from tests.support import events
from tests.support.events import BORROWER, new_id

Body = dict[str, Any]
JournalEntry = Mapping[str, Any]
"""A journal entry as the API answers it; `details` are those of its row in the database."""


def today_utc() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Facts:
    """What one posting is about; each operation takes of it what it needs.

    `principal_minor` is what the loan owes on the date, which an accrual has to state; `entry_id` is what a reversal refers to.
    """

    loan_id: str
    borrower_id: str = BORROWER
    on: date = field(default_factory=today_utc)
    amount_minor: int = 100
    principal_minor: int = 0
    entry_id: str = field(default_factory=new_id)
    program_id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Posting:
    """`body` is valid for its facts, and the service makes `event` of it.

    `links` are the names of the links of its answer. `kept` has the members that the journal keeps as they were sent, and where
    an entry shows each. `longest` has the number of characters that a text may have. `after` is the posting without
    which this one is refused, because it refers to that one's entry or uses up its balance.
    """

    operation_id: str
    verb: str
    path: str
    body: Callable[[Facts], Body]
    event: Callable[[Facts], Event]
    links: frozenset[str]
    kept: Mapping[str, Callable[[JournalEntry], Any]] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)
    after: "Posting | None" = None
    opens_loans: bool = False

    def __str__(self) -> str:
        return self.operation_id

    def path_for(self, facts: Facts) -> str:
        """The path with its parameters filled in."""
        return self.path.format(loan_id=facts.loan_id)


def accrued_loan(loan_id: str, principal_minor: int | str, interest_minor: int | str) -> Body:
    """A member of `loans` in the body of an accrual."""
    return {"loan_id": loan_id, "outstanding_principal_minor": str(principal_minor), "interest_minor": str(interest_minor)}


def _dated_amount(facts: Facts) -> Body:
    return {"amount_minor": str(facts.amount_minor), "currency": "USD", "effective_at": facts.on.isoformat()}


def _loan_and_amount(facts: Facts) -> Body:
    return {"loan_id": facts.loan_id, "borrower_id": facts.borrower_id, **_dated_amount(facts)}


def _reference_of_the_lines(entry: JournalEntry) -> Any:
    """The `external_ref` of the entry's lines, which is the same on all of them."""
    [reference] = {line["external_ref"] for line in entry["lines"]}
    return reference


def _description(entry: JournalEntry) -> Any:
    return entry["description"]


def _metadata(entry: JournalEntry) -> Any:
    return entry["details"]["metadata"]


DISBURSEMENT: Final = Posting(
    "postDisbursement",
    "disburse",
    "/disbursements",
    body=lambda facts: {**_loan_and_amount(facts), "method": "ach"},
    event=lambda facts: events.disbursement(facts.loan_id, facts.amount_minor, facts.on, borrower_id=facts.borrower_id),
    links=frozenset({"entry", "balance", "history", "principal", "reversal"}),
    kept={"destination_ref": _reference_of_the_lines, "metadata": _metadata},
    longest={"destination_ref": limits.EXTERNAL_REF_MAX},
    opens_loans=True,
)
PAYMENT: Final = Posting(
    "postPayment",
    "pay",
    "/payments",
    body=lambda facts: {**_loan_and_amount(facts), "source_method": "ach"},
    event=lambda facts: events.payment(facts.loan_id, facts.amount_minor, facts.on, borrower_id=facts.borrower_id),
    links=frozenset({"entry", "balance", "history", "principal", "reversal"}),
    kept={"external_ref": _reference_of_the_lines, "metadata": _metadata},
    longest={"external_ref": limits.EXTERNAL_REF_MAX},
)
FEE: Final = Posting(
    "postFee",
    "fee",
    "/loans/{loan_id}/fees",
    body=lambda facts: {**_dated_amount(facts), "description": "late fee"},
    event=lambda facts: events.fee(facts.loan_id, facts.amount_minor, facts.on),
    links=frozenset({"entry", "balance", "history", "fees", "reversal"}),
    kept={"description": _description},
    longest={"description": limits.FEE_DESCRIPTION_MAX},
)
ACCRUAL_BATCH: Final = Posting(
    "postAccrualBatch",
    "accrue",
    "/accruals/batch",
    body=lambda facts: {
        "program_id": facts.program_id,
        "accrual_date": facts.on.isoformat(),
        "day_count_convention": "ACT_365",
        "loans": [accrued_loan(facts.loan_id, facts.principal_minor, facts.amount_minor)],
    },
    event=lambda facts: events.accrual(
        facts.loan_id, facts.principal_minor, facts.amount_minor, facts.on, program_id=facts.program_id
    ),
    links=frozenset({"entry", "balance", "history", "reversal"}),
)
REVERSAL: Final = Posting(
    "postReversal",
    "reverse",
    "/reversals",
    body=lambda facts: {
        "reverses_entry_id": facts.entry_id,
        "reason_code": "error_correction",
        "reason_description": "posted in error",
        "effective_at": facts.on.isoformat(),
    },
    event=lambda facts: events.reversal(facts.entry_id, facts.on),
    links=frozenset({"entry", "reversed"}),
    kept={"reason_description": _description, "metadata": _metadata},
    longest={"reason_description": limits.REASON_DESCRIPTION_MAX},
    after=FEE,
)

POSTINGS: Final = (DISBURSEMENT, PAYMENT, FEE, ACCRUAL_BATCH, REVERSAL)
BY_OPERATION_ID: Final[Mapping[str, Posting]] = {posting.operation_id: posting for posting in POSTINGS}
BY_VERB: Final[Mapping[str, Posting]] = {posting.verb: posting for posting in POSTINGS}
