"""A payment pays what the loan owes, in the order of the waterfall.

A back-dated payment pays only what was owed on its own day and still is, so that no balance is negative as of any date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.ledger.book import Book
from app.ledger.chart import (
    FEES_RECEIVABLE,
    INTEREST_RECEIVABLE,
    PAYMENT_CLEARING,
    PRINCIPAL_RECEIVABLE,
    SETTLED,
    UNAPPLIED_PAYMENTS,
)
from app.ledger.currency import CurrencyStanding
from app.ledger.decision import Decision, PostingContext
from app.ledger.entry import Line
from app.ledger.events.event import LoanEvent
from app.ledger.waterfall import Allocation, allocate


@dataclass(frozen=True, slots=True)
class Payment(LoanEvent):
    """The facts of a payment; `external_ref` is kept on every line."""

    loan_id: str
    borrower_id: str
    amount_minor: int
    currency: str
    effective_at: date
    source_method: str
    external_ref: str | None = None
    metadata: Mapping[str, str] | None = None
    currency_standing: CurrencyStanding = CurrencyStanding.CURRENT

    def decide(self, book: Book, context: PostingContext) -> Decision:
        """DR 1050 / CR 1300, 1200, 1100, 2100.

        Raises EffectiveDateInFuture, LoanNotFound, BorrowerMismatch, CurrencyUnknown, CurrencyMismatch,
        EffectiveBeforeOpening.
        """
        context.require_not_future(self.effective_at)
        loan = book.loan(context.tenant_id, self.loan_id)
        loan.require_party(self.borrower_id, self.currency, self.currency_standing)
        loan.require_open(self.effective_at)
        allocation = allocate(self.amount_minor, loan.lowest_from(self.effective_at))
        details = {"source_method": self.source_method, "external_ref": self.external_ref, "metadata": self.metadata}
        entry = context.entry("payment_received", self.effective_at, self._lines(allocation), details)
        return Decision(entry, self._answer(context, allocation))

    def _lines(self, allocation: Allocation) -> list[Line]:
        parts = (
            (FEES_RECEIVABLE, allocation.fees_minor),
            (INTEREST_RECEIVABLE, allocation.interest_minor),
            (PRINCIPAL_RECEIVABLE, allocation.principal_minor),
            (UNAPPLIED_PAYMENTS, allocation.suspense_minor),
        )
        ref = self.external_ref
        lines = [Line(PAYMENT_CLEARING, "DR", self.amount_minor, self.currency, SETTLED, None, None, ref)]
        lines += [
            Line(account_code, "CR", amount_minor, self.currency, SETTLED, self.loan_id, self.borrower_id, ref)
            for account_code, amount_minor in parts
            if amount_minor
        ]
        return lines

    def _answer(self, context: PostingContext, allocation: Allocation) -> Mapping[str, Any]:
        return {
            "payment_event_id": context.event_id,
            "journal_entry_id": context.journal_entry_id,
            "allocation": {
                "fees_minor": str(allocation.fees_minor),
                "interest_minor": str(allocation.interest_minor),
                "principal_minor": str(allocation.principal_minor),
                "suspense_minor": str(allocation.suspense_minor),
            },
            "posted_at": context.posted_at,
        }
