"""A day's interest on up to thousands of loans, in one journal entry: a debit for each loan, one credit for the total.

Every fault of a kind is named, loan by loan, so that a batch can be mended in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.ledger.accounts import INTEREST_INCOME, INTEREST_RECEIVABLE, SETTLED, Bucket
from app.ledger.book import Book, Posting, Stamp
from app.ledger.entry import Line
from app.ledger.errors import (
    CurrencyMismatch,
    DuplicateAccrual,
    DuplicateLoan,
    EffectiveBeforeOpening,
    Fault,
    LoanNotFound,
    PrincipalDrift,
    Refusal,
)
from app.ledger.loan import LoanAccount
from app.ledger.money import AMOUNT_MINOR_MAX, out_of_range


@dataclass(frozen=True, slots=True)
class AccruedLoan:
    loan_id: str
    outstanding_principal_minor: int
    interest_minor: int


@dataclass(frozen=True, slots=True)
class Accrual:
    program_id: str
    accrual_date: date
    day_count_convention: str
    loans: Sequence[AccruedLoan]
    reverses_entry_id: None = None

    @property
    def loan_ids(self) -> Sequence[str]:
        return [accrued.loan_id for accrued in self.loans]

    @property
    def later_than(self) -> date:
        """The day before: whether the date itself is accrued already must be read too."""
        return self.accrual_date - timedelta(days=1) if self.accrual_date > date.min else date.min

    def decide(self, book: Book, stamp: Stamp) -> Posting:
        """DR 1200 of each loan / CR 4000 for the total; zero interest posts no line.

        Raises, in this order: EffectiveDateInFuture, DuplicateLoan, LoanNotFound, CurrencyMismatch, EffectiveBeforeOpening,
        DuplicateAccrual, PrincipalDrift, AmountOutOfRange.
        """
        stamp.require_not_future(self.accrual_date, "/accrual_date")
        self._require_distinct()
        loans = self._find(book, stamp.tenant_id)
        self._require_open(loans)
        self._require_not_accrued(book, loans)
        self._require_principal(loans)
        lines = self._lines(loans)
        details = {"program_id": self.program_id, "day_count_convention": self.day_count_convention}
        entry = stamp.entry("accrual", self.accrual_date, lines, details)
        answer = {
            "accrual_event_id": stamp.event_id,
            "journal_entry_id": stamp.journal_entry_id,
            "loan_count": len(self.loans),
            "total_accrued_minor": str(sum(accrued.interest_minor for accrued in self.loans)),
            "posted_at": stamp.posted_at,
        }
        return Posting(entry, answer, accrues=[accrued.loan_id for accrued in self.loans])

    def _require_distinct(self) -> None:
        seen: set[str] = set()
        faults = []
        for number, accrued in enumerate(self.loans):
            if accrued.loan_id in seen:
                faults.append(_fault(number, "loan_id", DuplicateLoan, f"loan {accrued.loan_id} stands in this batch before"))
            seen.add(accrued.loan_id)
        _refuse(DuplicateLoan, "a loan may stand in a batch once", faults)

    def _find(self, book: Book, tenant_id: str) -> list[LoanAccount]:
        found = [book.loans.get((tenant_id, accrued.loan_id)) for accrued in self.loans]
        faults = [
            _fault(number, "loan_id", LoanNotFound, f"no loan {self.loans[number].loan_id}")
            for number, loan in enumerate(found)
            if loan is None
        ]
        _refuse(LoanNotFound, "some loans of the batch do not exist", faults)
        loans = [loan for loan in found if loan is not None]
        currency = loans[0].currency
        faults = [
            _fault(number, "loan_id", CurrencyMismatch, f"the loan is in {loan.currency}, the batch's first one in {currency}")
            for number, loan in enumerate(loans)
            if loan.currency != currency
        ]
        _refuse(CurrencyMismatch, "a batch is in one currency", faults)
        return loans

    def _require_open(self, loans: Sequence[LoanAccount]) -> None:
        faults = [
            _fault(number, "loan_id", EffectiveBeforeOpening, f"the loan's first disbursement is on {loan.opened_on}")
            for number, loan in enumerate(loans)
            if self.accrual_date < loan.opened_on
        ]
        _refuse(EffectiveBeforeOpening, f"{self.accrual_date} is before the opening of some loans", faults)

    def _require_not_accrued(self, book: Book, loans: Sequence[LoanAccount]) -> None:
        faults = []
        for number, loan in enumerate(loans):
            entry_id = loan.accruals.get(self.accrual_date)
            if entry_id is not None and (loan.tenant_id, entry_id) not in book.reversed:
                faults.append(_fault(number, "loan_id", DuplicateAccrual, f"accrued by {entry_id}; reverse that entry first"))
        _refuse(DuplicateAccrual, f"some loans are accrued for {self.accrual_date} already", faults)

    def _require_principal(self, loans: Sequence[LoanAccount]) -> None:
        faults = []
        for number, (accrued, loan) in enumerate(zip(self.loans, loans, strict=True)):
            principal_minor = loan.balance_as_of(self.accrual_date, Bucket.PRINCIPAL)
            if principal_minor != accrued.outstanding_principal_minor:
                message = f"loan {loan.loan_id}: the ledger's principal on {self.accrual_date} is {principal_minor}"
                faults.append(_fault(number, "outstanding_principal_minor", PrincipalDrift, message))
        _refuse(PrincipalDrift, "the outstanding principal of some loans is not the ledger's", faults)

    def _lines(self, loans: Sequence[LoanAccount]) -> list[Line]:
        currency = loans[0].currency
        total_minor = sum(accrued.interest_minor for accrued in self.loans)
        if total_minor > AMOUNT_MINOR_MAX:
            raise out_of_range("/loans", total_minor)
        lines = [
            Line(INTEREST_RECEIVABLE, "DR", accrued.interest_minor, currency, SETTLED, loan.loan_id, loan.borrower_id)
            for accrued, loan in zip(self.loans, loans, strict=True)
            if accrued.interest_minor
        ]
        if total_minor:
            lines.append(Line(INTEREST_INCOME, "CR", total_minor, currency))
        return lines


def _fault(number: int, member: str, refusal: type[Refusal], message: str) -> Fault:
    return Fault(f"/loans/{number}/{member}", refusal.code, message)


def _refuse(refusal: type[Refusal], detail: str, faults: Sequence[Fault]) -> None:
    if faults:
        raise refusal(f"{detail} ({len(faults)} of them)" if len(faults) > 1 else detail, *faults)
