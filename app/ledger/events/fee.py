"""A fee is assessed on a loan: it is owed from its date on, before interest and principal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.ledger.book import Book
from app.ledger.chart import FEE_INCOME, FEES_RECEIVABLE, SETTLED
from app.ledger.currency import CurrencyStanding
from app.ledger.decision import Decision, PostingContext
from app.ledger.entry import Line
from app.ledger.events.event import LoanEvent


@dataclass(frozen=True, slots=True)
class Fee(LoanEvent):
    """The facts of a fee; `description` says what it is for."""

    loan_id: str
    amount_minor: int
    currency: str
    effective_at: date
    description: str
    currency_standing: CurrencyStanding = CurrencyStanding.CURRENT

    def decide(self, book: Book, context: PostingContext) -> Decision:
        """DR 1300 of the loan / CR 4100.

        Raises EffectiveDateInFuture, LoanNotFound, CurrencyUnknown, CurrencyMismatch, EffectiveBeforeOpening.
        """
        context.require_not_future(self.effective_at)
        loan = book.loan(context.tenant_id, self.loan_id, "loan_id")
        loan.require_currency(self.currency, self.currency_standing)
        loan.require_open(self.effective_at)
        lines = self._lines(loan.borrower_id)
        entry = context.entry("fee_assessed", self.effective_at, lines, {}, description=self.description)
        return Decision(entry, self._answer(context))

    def _lines(self, borrower_id: str) -> list[Line]:
        return [
            Line(FEES_RECEIVABLE, "DR", self.amount_minor, self.currency, SETTLED, self.loan_id, borrower_id),
            Line(FEE_INCOME, "CR", self.amount_minor, self.currency),
        ]

    def _answer(self, context: PostingContext) -> Mapping[str, Any]:
        return {
            "fee_event_id": context.event_id,
            "journal_entry_id": context.journal_entry_id,
            "posted_at": context.posted_at,
        }
