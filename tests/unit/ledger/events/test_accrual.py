"""An accrual debits the interest of each loan and credits income with the total; every loan with the same error is named."""

from datetime import date

import pytest

from app.ledger.entry import Line
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.events.event import ReadSet
from app.ledger.loan import LoanAccount
from app.ledger.refusals import (
    AmountOutOfRange,
    CurrencyMismatch,
    DuplicateAccrual,
    DuplicateLoan,
    EffectiveBeforeOpening,
    EffectiveDateInFuture,
    LoanNotFound,
    PrincipalDrift,
)
from app.refusal import FieldError, Refusal
from tests.support.events import BORROWER, day, disbursement, reversal
from tests.unit.ledger.support import (
    LOAN,
    OTHER_LOAN,
    OTHER_TENANT,
    POSTED_AT,
    TENANT,
    book_of,
    context,
    error,
    loan_account,
    post,
)

LARGEST = 2**63 - 1
YESTERDAY = day(-1)
UNKNOWN = "10000000-0000-4000-8000-000000000009"


def accrual(*loans: tuple[str, int, int], on: date = YESTERDAY) -> Accrual:
    """Each loan with its principal and its interest."""
    return Accrual("program-1", on, "ACT_365", tuple([AccruedLoan(*each) for each in loans]))


def two_loans() -> list[LoanAccount]:
    return [loan_account((-10, [100, 0, 0, 0])), loan_account((-10, [200, 0, 0, 0]), loan_id=OTHER_LOAN)]


def refused_by(event: Accrual, *loans: LoanAccount) -> Refusal:
    with pytest.raises(Refusal) as refused:
        event.decide(book_of(*loans), context())
    return refused.value


def test_all_loans_are_read_from_the_date_itself_on() -> None:
    assert accrual((LOAN, 100, 1), (OTHER_LOAN, 200, 2), on=day(-4)).reads() == ReadSet(day(-4), (LOAN, OTHER_LOAN), ())


def test_it_posts_the_interest_of_each_loan_against_the_total_as_income() -> None:
    decision = accrual((LOAN, 100, 7), (OTHER_LOAN, 200, 5)).decide(book_of(*two_loans()), context(3))
    assert decision.entry.lines == [
        Line("1200", "DR", 7, "USD", "SETTLED", LOAN, BORROWER),
        Line("1200", "DR", 5, "USD", "SETTLED", OTHER_LOAN, BORROWER),
        Line("4000", "CR", 12, "USD"),
    ]
    assert (decision.entry.event_type, decision.entry.effective_at) == ("accrual", day(-1))
    assert decision.entry.details == {"program_id": "program-1", "day_count_convention": "ACT_365"}
    assert (decision.opens, decision.accrues) == (None, [LOAN, OTHER_LOAN])
    assert decision.answer == {
        "accrual_event_id": "event-3",
        "journal_entry_id": "entry-3",
        "loan_count": 2,
        "total_accrued_minor": "12",
        "posted_at": POSTED_AT,
    }


def test_interest_of_zero_posts_no_line_and_still_accrues_the_date() -> None:
    book = book_of(*two_loans())
    decision = post(book, accrual((LOAN, 100, 0), (OTHER_LOAN, 200, 1)))
    assert [(line.account_code, line.amount_minor, line.loan_id) for line in decision.entry.lines] == [
        ("1200", 1, OTHER_LOAN),
        ("4000", 1, None),
    ]
    assert (decision.answer["loan_count"], decision.answer["total_accrued_minor"]) == (2, "1")
    with pytest.raises(DuplicateAccrual):
        accrual((LOAN, 100, 3)).decide(book, context(2))


def test_a_batch_without_any_interest_posts_no_line() -> None:
    decision = post(book_of(*two_loans()), accrual((LOAN, 100, 0)))
    assert (decision.entry.lines, decision.answer["total_accrued_minor"]) == ([], "0")


def test_the_currency_is_that_of_the_loans() -> None:
    loan = loan_account((-10, [100, 0, 0, 0]), currency="EUR")
    lines = accrual((LOAN, 100, 7)).decide(book_of(loan), context()).entry.lines
    assert [line.currency for line in lines] == ["EUR", "EUR"]


def test_a_date_after_tomorrow_is_refused_under_its_name() -> None:
    refusal = refused_by(accrual((LOAN, 1, 1), (LOAN, 1, 1), on=day(2)))
    assert isinstance(refusal, EffectiveDateInFuture)
    assert [each.field for each in refusal.field_errors] == ["/accrual_date"]
    assert accrual((LOAN, 100, 7), on=day(1)).decide(book_of(*two_loans()), context()).entry.effective_at == day(1)


def test_a_loan_twice_in_a_batch_is_refused_at_its_second_place() -> None:
    refusal = refused_by(accrual((UNKNOWN, 1, 1), (LOAN, 1, 1), (UNKNOWN, 1, 1)), *two_loans())
    assert isinstance(refusal, DuplicateLoan)
    assert refusal.detail == "a loan may be in a batch only once"
    message = f"loan {UNKNOWN} is in this batch already"
    assert refusal.field_errors == error("/loans/2/loan_id", "duplicate_loan", message)


def test_all_loans_that_do_not_exist_are_named() -> None:
    foreign = loan_account(loan_id=OTHER_LOAN, tenant_id=OTHER_TENANT)
    refusal = refused_by(accrual((UNKNOWN, 1, 1), (LOAN, 1, 1), (OTHER_LOAN, 1, 1)), loan_account(), foreign)
    assert isinstance(refusal, LoanNotFound)
    assert refusal.detail == "some loans of the batch do not exist (2 of them)"
    assert refusal.field_errors == (
        FieldError("/loans/0/loan_id", "loan_not_found", f"no loan {UNKNOWN}"),
        FieldError("/loans/2/loan_id", "loan_not_found", f"no loan {OTHER_LOAN}"),
    )


def test_one_loan_with_an_error_is_not_counted() -> None:
    assert refused_by(accrual((UNKNOWN, 1, 1))).detail == "some loans of the batch do not exist"


def test_a_batch_is_in_the_currency_of_its_first_loan() -> None:
    euros = loan_account(loan_id=OTHER_LOAN, currency="EUR")
    refusal = refused_by(accrual((LOAN, 1, 1), (OTHER_LOAN, 1, 1), on=day(-20)), loan_account(), euros)
    assert isinstance(refusal, CurrencyMismatch)
    assert refusal.detail == "a batch is in one currency"
    message = "the loan is in EUR, the batch's first one in USD"
    assert refusal.field_errors == error("/loans/1/loan_id", "currency_mismatch", message)


def test_a_date_before_a_loans_opening_is_refused_naming_the_loan() -> None:
    older = loan_account(loan_id=OTHER_LOAN)
    older.opened_on = day(-11)
    event = accrual((OTHER_LOAN, 1, 1), (LOAN, 1, 1), on=day(-11))
    refusal = refused_by(event, loan_account(), older)
    assert isinstance(refusal, EffectiveBeforeOpening)
    assert refusal.detail == f"{day(-11)} is before the opening of some loans"
    message = f"the loan's first disbursement is on {day(-10)}"
    assert refusal.field_errors == error("/loans/1/loan_id", "effective_before_opening", message)


def test_a_loan_may_be_accrued_on_the_day_it_was_opened() -> None:
    assert post(book_of(*two_loans()), accrual((LOAN, 100, 1), on=day(-10))).entry.effective_at == day(-10)


def test_a_date_is_accrued_once_and_the_loans_accrued_already_are_named() -> None:
    book = book_of(*two_loans())
    post(book, accrual((OTHER_LOAN, 200, 5)))
    with pytest.raises(DuplicateAccrual) as refused:
        accrual((LOAN, 999, 5), (OTHER_LOAN, 999, 5)).decide(book, context(2))
    assert refused.value.detail == f"some loans are accrued for {day(-1)} already"
    message = "accrued by entry-1; reverse that entry first"
    assert refused.value.field_errors == error("/loans/1/loan_id", "duplicate_accrual", message)
    assert post(book, accrual((OTHER_LOAN, 200, 5), on=day(0)), 3).accrues == [OTHER_LOAN]


def test_a_date_whose_accrual_is_reversed_in_the_same_batch_may_be_accrued_again() -> None:
    book = book_of(*two_loans())
    post(book, accrual((LOAN, 100, 5)))
    post(book, reversal("entry-1"), 2)
    post(book, accrual((LOAN, 100, 6)), 3)
    assert book.loan(TENANT, LOAN).balances == [100, 6, 0, 0]
    with pytest.raises(DuplicateAccrual, match="some loans are accrued"):
        accrual((LOAN, 100, 7)).decide(book, context(4))


def test_the_reversal_of_another_entry_does_not_free_the_date() -> None:
    book = book_of(*two_loans())
    post(book, accrual((LOAN, 100, 5)))
    post(book, accrual((OTHER_LOAN, 200, 5)), 2)
    post(book, reversal("entry-2"), 3)
    with pytest.raises(DuplicateAccrual):
        accrual((LOAN, 100, 5)).decide(book, context(4))


def test_an_accrual_of_zero_is_reversed_with_its_date() -> None:
    book = book_of(*two_loans())
    post(book, accrual((LOAN, 100, 0)))
    post(book, reversal("entry-1"), 2)
    assert post(book, accrual((LOAN, 100, 4)), 3).answer["total_accrued_minor"] == "4"


def test_principal_that_is_not_the_ledgers_is_refused_naming_each_loan() -> None:
    refusal = refused_by(accrual((LOAN, 99, LARGEST), (OTHER_LOAN, 201, LARGEST)), *two_loans())
    assert isinstance(refusal, PrincipalDrift)
    assert refusal.detail == "the outstanding principal of some loans is not the ledger's (2 of them)"
    messages = [
        f"loan {loan_id}: the ledger's principal on {day(-1)} is {it}" for loan_id, it in ((LOAN, 100), (OTHER_LOAN, 200))
    ]
    assert refusal.field_errors == tuple(
        FieldError(f"/loans/{number}/outstanding_principal_minor", "principal_drift", message)
        for number, message in enumerate(messages)
    )


def test_the_principal_compared_is_that_of_the_accruals_date() -> None:
    book = book_of()
    post(book, disbursement(LOAN, 100, day(-10)))
    post(book, disbursement(LOAN, 11, day(-2)), 2)
    assert post(book, accrual((LOAN, 100, 3), on=day(-3)), 3).answer["total_accrued_minor"] == "3"
    assert post(book, accrual((LOAN, 111, 4), on=day(-2)), 4).answer["total_accrued_minor"] == "4"


def test_a_total_may_reach_the_largest_amount_and_not_exceed_it() -> None:
    event = accrual((LOAN, 100, LARGEST - 5), (OTHER_LOAN, 200, 5))
    assert event.decide(book_of(*two_loans()), context()).answer["total_accrued_minor"] == str(LARGEST)
    refusal = refused_by(accrual((LOAN, 100, LARGEST - 5), (OTHER_LOAN, 200, 6)), *two_loans())
    assert isinstance(refusal, AmountOutOfRange)
    message = f"{LARGEST + 1} is above the largest amount, {LARGEST}"
    assert refusal.field_errors == error("/loans", "amount_out_of_range", message)
