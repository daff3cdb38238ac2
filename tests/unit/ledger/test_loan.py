"""A loan's balances on any date, from its current balances and what later dates changed; and whose it is."""

from datetime import timedelta

import pytest

from app.ledger.bucket import Bucket
from app.ledger.currency import CurrencyStanding
from app.ledger.loan import LoanAccount, add_changes, no_change
from app.ledger.refusals import BorrowerMismatch, CurrencyMismatch, EffectiveBeforeOpening
from tests.support.events import BORROWER, day, new_id, noon
from tests.unit.ledger.support import error, loan_account


def test_the_lowest_balance_from_a_date_on_looks_at_every_later_date() -> None:
    loan = loan_account((-10, [100, 0, 0, 0]), (-5, [-80, 0, 0, 0]), (-2, [50, 0, 0, 0]))
    assert loan.lowest_from(day(-9)) == [20, 0, 0, 0]
    assert loan.lowest_from(day(-5)) == [20, 0, 0, 0]
    assert loan.lowest_from(day(-2)) == [70, 0, 0, 0]
    assert loan.lowest_from(day(0)) == [70, 0, 0, 0]


def test_the_lowest_balance_from_a_date_on_leaves_out_what_was_before_that_dates_own_changes() -> None:
    loan = loan_account((-10, [100, 9, 8, 7]), (-5, [50, 1, 1, 1]), (-2, [10, 1, 1, 1]))
    assert loan.lowest_from(day(-10)) == [100, 9, 8, 7]
    assert loan.lowest_from(day(-5)) == [150, 10, 9, 8]
    assert loan.lowest_from(day(-2)) == [160, 11, 10, 9]


def test_the_lowest_balances_of_the_buckets_may_be_on_different_dates() -> None:
    loan = loan_account((-10, [100, 10, 0, 5]), (-5, [-60, 20, 3, 0]), (-2, [90, -25, 0, -5]))
    assert loan.lowest_from(day(-8)) == [40, 5, 0, 0]


def test_the_highest_exposure_sums_the_three_buckets_on_one_date() -> None:
    loan = loan_account((-10, [100, 0, 0, 7]), (-5, [0, 30, 5, 0]), (-3, [-100, -30, -5, 0]))
    assert loan.highest_exposure_from(day(-10)) == 135
    assert loan.highest_exposure_from(day(-8)) == 135
    assert loan.highest_exposure_from(day(-3)) == 0


def test_the_highest_exposure_from_a_date_on_leaves_out_what_was_before_that_dates_own_changes() -> None:
    loan = loan_account((-10, [100, 0, 0, 0]), (-5, [-60, 0, 0, 0]), (-2, [-10, 0, 0, 0]))
    assert [loan.highest_exposure_from(day(offset)) for offset in (-10, -6, -5, -2)] == [100, 100, 40, 30]


def test_a_loan_of_which_nothing_is_posted_has_no_exposure() -> None:
    assert loan_account().highest_exposure_from(day(-20)) == 0


def test_a_balance_as_of_a_date_leaves_out_what_came_later() -> None:
    loan = loan_account((-10, [100, 0, 0, 0]), (-5, [-80, 0, 0, 0]))
    assert [loan.balance_as_of(day(offset), Bucket.PRINCIPAL) for offset in (-6, -5, 0)] == [100, 20, 20]


def test_a_balance_as_of_a_date_is_that_of_the_bucket_asked_for() -> None:
    loan = loan_account((-10, [1, 2, 3, 4]), (-5, [10, 20, 30, 40]), (-3, [100, 200, 300, 400]))
    assert [loan.balance_as_of(day(-5), bucket) for bucket in Bucket] == [11, 22, 33, 44]


def test_changes_add_up_on_their_day_and_are_kept_for_writing() -> None:
    loan = loan_account((-10, [100, 0, 0, 0]))
    loan.apply(day(-4), [0, 1, 2, 3], noon())
    loan.apply(day(-4), [-5, 1, 1, 1], noon())
    assert loan.balances == [95, 2, 3, 4]
    assert loan.days[day(-4)] == [-5, 2, 3, 4] == loan.written[day(-4)]
    assert list(loan.written) == [day(-4)]


def test_a_day_that_was_read_is_written_with_what_is_new_only() -> None:
    loan = loan_account((-4, [100, 0, 0, 0]))
    loan.apply(day(-4), [7, 0, 0, 0], noon())
    assert (loan.days[day(-4)], loan.written[day(-4)]) == ([107, 0, 0, 0], [7, 0, 0, 0])


def test_when_a_date_was_last_posted_on_is_kept_and_the_loan_s_is_the_newest_of_them() -> None:
    loan, later = loan_account((-10, [100, 0, 0, 0])), noon() + timedelta(hours=1)
    loan.apply(day(-4), [1, 0, 0, 0], noon())
    loan.accrue(day(-6), "entry", later)
    assert loan.posted_at == {day(-4): noon(), day(-6): later}
    assert loan.last_posted_at == later


def test_the_last_date_moves_forward_only() -> None:
    loan = loan_account((-4, [100, 0, 0, 0]))
    loan.apply(day(-6), [1, 0, 0, 0], noon())
    assert loan.last_effective_on == day(-4)
    loan.apply(day(-3), [1, 0, 0, 0], noon())
    assert loan.last_effective_on == day(-3)


def test_changes_are_added_bucket_by_bucket() -> None:
    assert add_changes([1, 2, 3, 4], [10, 20, 30, -40]) == [11, 22, 33, -36]


def test_accruing_zero_still_marks_the_date() -> None:
    loan = loan_account((-10, [100, 0, 0, 0]))
    loan.accrue(day(-4), "entry", noon())
    assert loan.written == {day(-4): no_change()}
    assert loan.days[day(-4)] == no_change()
    assert loan.accruals == {day(-4): "entry"} == loan.accruals_written
    assert loan.last_effective_on == day(-4)


def test_accruing_keeps_the_interest_of_the_date_and_moves_no_date_back() -> None:
    loan = loan_account((-10, [100, 0, 0, 0]), (-2, [5, 0, 0, 0]))
    loan.apply(day(-4), [0, 3, 0, 0], noon())
    loan.accrue(day(-4), "entry", noon())
    assert loan.written[day(-4)] == [0, 3, 0, 0] == loan.days[day(-4)]
    assert loan.last_effective_on == day(-2)


def test_a_loan_as_it_is_read_has_nothing_to_write() -> None:
    loan = LoanAccount(new_id(), new_id(), BORROWER, "USD", day(-10), day(-3), [5, 0, 0, 0])
    assert (loan.days, loan.accruals, loan.written, loan.accruals_written, loan.is_new) == ({}, {}, {}, {}, False)
    assert (loan.opened_on, loan.last_effective_on, loan.balances) == (day(-10), day(-3), [5, 0, 0, 0])


def test_a_loan_is_of_the_borrower_and_currency_it_was_opened_for() -> None:
    loan = loan_account()
    loan.require_party(BORROWER, "USD", CurrencyStanding.CURRENT)
    with pytest.raises(BorrowerMismatch) as refused:
        loan.require_party(new_id(), "EUR", CurrencyStanding.UNKNOWN)
    message = "is not the borrower that this loan was opened for"
    assert refused.value.detail == f"borrower_id {message}"
    assert refused.value.field_errors == error("/borrower_id", "borrower_mismatch", message)
    with pytest.raises(CurrencyMismatch):
        loan.require_party(BORROWER, "EUR", CurrencyStanding.WITHDRAWN)


def test_another_currency_is_refused_with_both() -> None:
    for standing in CurrencyStanding:
        loan_account().require_currency("USD", standing)
    with pytest.raises(CurrencyMismatch) as refused:
        loan_account().require_currency("EUR", CurrencyStanding.CURRENT)
    assert refused.value.detail == "the loan is in USD, not in EUR"
    assert refused.value.field_errors == error("/currency", "currency_mismatch", refused.value.detail)


def test_a_loan_is_open_from_its_first_disbursement_on() -> None:
    loan = loan_account()
    loan.require_open(day(-10))
    with pytest.raises(EffectiveBeforeOpening) as refused:
        loan.require_open(day(-11))
    message = f"is before the loan's first disbursement on {day(-10)}"
    assert refused.value.detail == f"{day(-11)} {message}"
    assert refused.value.field_errors == error("/effective_at", "effective_before_opening", message)


def test_a_date_before_the_opening_is_refused_under_its_own_name() -> None:
    with pytest.raises(EffectiveBeforeOpening) as refused:
        loan_account().require_open(day(-11), "/accrual_date")
    assert [each.field for each in refused.value.field_errors] == ["/accrual_date"]
