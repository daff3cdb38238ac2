"""A day's interest on up to thousands of loans, in one journal entry: a debit for each loan, one credit for the total.

Every loan with the same error is named, so that a batch can be corrected at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.ledger.book import Book
from app.ledger.bucket import Bucket
from app.ledger.chart import INTEREST_INCOME, INTEREST_RECEIVABLE, SETTLED
from app.ledger.decision import Decision, PostingContext
from app.ledger.entry import Line
from app.ledger.events.event import ReadSet
from app.ledger.loan import LoanAccount
from app.ledger.money import out_of_range
from app.ledger.refusals import (
    CurrencyMismatch,
    DuplicateAccrual,
    DuplicateLoan,
    EffectiveBeforeOpening,
    LoanNotFound,
    PrincipalDrift,
)
from app.limits import AMOUNT_MINOR_MAX
from app.refusal import FieldError, Refusal


@dataclass(frozen=True, slots=True)
class AccruedLoan:
    """The interest of one loan, and the principal that it was computed on."""

    loan_id: str
    outstanding_principal_minor: int
    interest_minor: int


@dataclass(frozen=True, slots=True)
class Accrual:
    """`program_id` and `day_count_convention` are kept with the entry; the caller has computed the interest."""

    program_id: str
    accrual_date: date
    day_count_convention: str
    loans: Sequence[AccruedLoan]

    def reads(self) -> ReadSet:
        """Changes are read from the accrual's own date on: whether the date is accrued already must be known too."""
        return ReadSet(self.accrual_date, tuple([accrued.loan_id for accrued in self.loans]))

    def decide(self, book: Book, context: PostingContext) -> Decision:
        """DR 1200 of each loan / CR 4000 for the total; zero interest posts no line.

        Raises, in this order: EffectiveDateInFuture, DuplicateLoan, LoanNotFound, CurrencyMismatch, EffectiveBeforeOpening,
        DuplicateAccrual, PrincipalDrift, AmountOutOfRange.
        """
        context.require_not_future(self.accrual_date, "/accrual_date")
        self._require_distinct()
        loans = self._find(book, context.tenant_id)
        self._require_open(loans)
        self._require_not_accrued(book, loans)
        self._require_principal(loans)
        lines = self._lines(loans)
        details = {"program_id": self.program_id, "day_count_convention": self.day_count_convention}
        entry = context.entry("accrual", self.accrual_date, lines, details)
        return Decision(entry, self._answer(context), accrues=[accrued.loan_id for accrued in self.loans])

    def _answer(self, context: PostingContext) -> Mapping[str, Any]:
        return {
            "accrual_event_id": context.event_id,
            "journal_entry_id": context.journal_entry_id,
            "loan_count": len(self.loans),
            "total_accrued_minor": str(sum(accrued.interest_minor for accrued in self.loans)),
            "posted_at": context.posted_at,
        }

    def _require_distinct(self) -> None:
        seen: set[str] = set()
        errors = []
        for number, accrued in enumerate(self.loans):
            if accrued.loan_id in seen:
                errors.append(_error(number, "loan_id", DuplicateLoan, f"loan {accrued.loan_id} is in this batch already"))
            seen.add(accrued.loan_id)
        _refuse(DuplicateLoan, "a loan may be in a batch only once", errors)

    def _find(self, book: Book, tenant_id: str) -> list[LoanAccount]:
        found = [book.loans.get((tenant_id, accrued.loan_id)) for accrued in self.loans]
        errors = [
            _error(number, "loan_id", LoanNotFound, f"no loan {self.loans[number].loan_id}")
            for number, loan in enumerate(found)
            if loan is None
        ]
        _refuse(LoanNotFound, "some loans of the batch do not exist", errors)
        loans = [loan for loan in found if loan is not None]
        currency = loans[0].currency
        errors = [
            _error(number, "loan_id", CurrencyMismatch, f"the loan is in {loan.currency}, the batch's first one in {currency}")
            for number, loan in enumerate(loans)
            if loan.currency != currency
        ]
        _refuse(CurrencyMismatch, "a batch is in one currency", errors)
        return loans

    def _require_open(self, loans: Sequence[LoanAccount]) -> None:
        errors = [
            _error(number, "loan_id", EffectiveBeforeOpening, f"the loan's first disbursement is on {loan.opened_on}")
            for number, loan in enumerate(loans)
            if self.accrual_date < loan.opened_on
        ]
        _refuse(EffectiveBeforeOpening, f"{self.accrual_date} is before the opening of some loans", errors)

    def _require_not_accrued(self, book: Book, loans: Sequence[LoanAccount]) -> None:
        errors = []
        for number, loan in enumerate(loans):
            entry_id = loan.accruals.get(self.accrual_date)
            if entry_id is not None and (loan.tenant_id, entry_id) not in book.reversed:
                errors.append(_error(number, "loan_id", DuplicateAccrual, f"accrued by {entry_id}; reverse that entry first"))
        _refuse(DuplicateAccrual, f"some loans are accrued for {self.accrual_date} already", errors)

    def _require_principal(self, loans: Sequence[LoanAccount]) -> None:
        errors = []
        for number, (accrued, loan) in enumerate(zip(self.loans, loans, strict=True)):
            principal_minor = loan.balance_as_of(self.accrual_date, Bucket.PRINCIPAL)
            if principal_minor != accrued.outstanding_principal_minor:
                message = f"loan {loan.loan_id}: the ledger's principal on {self.accrual_date} is {principal_minor}"
                errors.append(_error(number, "outstanding_principal_minor", PrincipalDrift, message))
        _refuse(PrincipalDrift, "the outstanding principal of some loans is not the ledger's", errors)

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


def _error(number: int, member: str, refusal: type[Refusal], message: str) -> FieldError:
    return FieldError(f"/loans/{number}/{member}", refusal.code, message)


def _refuse(refusal: type[Refusal], detail: str, errors: Sequence[FieldError]) -> None:
    if errors:
        raise refusal(f"{detail} ({len(errors)} of them)" if len(errors) > 1 else detail, *errors)
