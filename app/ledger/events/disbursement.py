"""A disbursement pays money out to a borrower; the first one opens the loan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.ledger.book import Book
from app.ledger.chart import DISBURSEMENT_CLEARING, PRINCIPAL_RECEIVABLE, SETTLED
from app.ledger.currency import CurrencyStanding, require_current
from app.ledger.decision import Decision, PostingContext
from app.ledger.entry import Line
from app.ledger.events.event import LoanEvent
from app.ledger.loan import LoanAccount, no_change


@dataclass(frozen=True, slots=True)
class Disbursement(LoanEvent):
    """The facts of a disbursement; `destination_ref` is kept on both lines."""

    loan_id: str
    borrower_id: str
    amount_minor: int
    currency: str
    effective_at: date
    method: str
    destination_ref: str | None = None
    metadata: Mapping[str, str] | None = None
    currency_standing: CurrencyStanding = CurrencyStanding.CURRENT

    def decide(self, book: Book, context: PostingContext) -> Decision:
        """DR 1100 of the loan / CR 2000. Raises EffectiveDateInFuture, BorrowerMismatch, CurrencyUnknown, CurrencyMismatch.

        A loan is opened in a currency that is in use, and stays in it when the currency is withdrawn.
        """
        context.require_not_future(self.effective_at)
        loan = book.loans.get((context.tenant_id, self.loan_id))
        if loan is None:
            require_current(self.currency, self.currency_standing)
        else:
            loan.require_party(self.borrower_id, self.currency, self.currency_standing)
        details = {"method": self.method, "destination_ref": self.destination_ref, "metadata": self.metadata}
        entry = context.entry("disbursement", self.effective_at, self._lines(), details)
        return Decision(entry, self._answer(context), opens=None if loan else self._opened_loan(context))

    def _lines(self) -> list[Line]:
        ref = self.destination_ref
        return [
            Line(PRINCIPAL_RECEIVABLE, "DR", self.amount_minor, self.currency, SETTLED, self.loan_id, self.borrower_id, ref),
            Line(DISBURSEMENT_CLEARING, "CR", self.amount_minor, self.currency, external_ref=ref),
        ]

    def _answer(self, context: PostingContext) -> Mapping[str, Any]:
        return {
            "disbursement_event_id": context.event_id,
            "journal_entry_id": context.journal_entry_id,
            "posted_at": context.posted_at,
        }

    def _opened_loan(self, context: PostingContext) -> LoanAccount:
        """The loan before anything is posted on it; its tenant, borrower and currency are fixed from here on."""
        day = self.effective_at
        return LoanAccount(context.tenant_id, self.loan_id, self.borrower_id, self.currency, day, day, no_change(), is_new=True)
