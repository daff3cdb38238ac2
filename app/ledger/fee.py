"""A fee is assessed on a loan: it is owed from its date on, before interest and principal."""

from dataclasses import dataclass
from datetime import date

from app.ledger.accounts import FEE_INCOME, FEES_RECEIVABLE, SETTLED
from app.ledger.book import Book, Posting, Stamp
from app.ledger.entry import Line
from app.ledger.event import OfOneLoan


@dataclass(frozen=True, slots=True)
class Fee(OfOneLoan):
    loan_id: str
    amount_minor: int
    currency: str
    effective_at: date
    description: str

    def decide(self, book: Book, stamp: Stamp) -> Posting:
        """DR 1300 of the loan / CR 4100. Raises EffectiveDateInFuture, LoanNotFound, CurrencyMismatch, EffectiveBeforeOpening."""
        stamp.require_not_future(self.effective_at)
        loan = book.loan(stamp.tenant_id, self.loan_id, "loan_id")
        loan.require_currency(self.currency)
        loan.require_open(self.effective_at)
        lines = [
            Line(FEES_RECEIVABLE, "DR", self.amount_minor, self.currency, SETTLED, self.loan_id, loan.borrower_id),
            Line(FEE_INCOME, "CR", self.amount_minor, self.currency),
        ]
        entry = stamp.entry("fee_assessed", self.effective_at, lines, {}, description=self.description)
        answer = {
            "fee_event_id": stamp.event_id,
            "journal_entry_id": stamp.journal_entry_id,
            "posted_at": stamp.posted_at,
        }
        return Posting(entry, answer)
