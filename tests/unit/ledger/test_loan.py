"""A loan's balances on any date, from what stands over all dates and what later dates changed."""

from app.ledger.bucket import Bucket
from app.ledger.loan import LoanAccount, no_change
from tests.support.events import BORROWER, day, new_id


def loan_with(*days: tuple[int, list[int]]) -> LoanAccount:
    loan = LoanAccount(new_id(), new_id(), BORROWER, "USD", day(-10), day(-10), no_change())
    for offset, changes in days:
        loan.apply(day(offset), changes)
    return loan


def test_the_lowest_balance_from_a_date_on_looks_at_every_later_date() -> None:
    loan = loan_with((-10, [100, 0, 0, 0]), (-5, [-80, 0, 0, 0]), (-2, [50, 0, 0, 0]))
    assert loan.lowest_from(day(-9)) == [20, 0, 0, 0]
    assert loan.lowest_from(day(-5)) == [20, 0, 0, 0]
    assert loan.lowest_from(day(-2)) == [70, 0, 0, 0]
    assert loan.lowest_from(day(0)) == [70, 0, 0, 0]


def test_the_highest_exposure_sums_the_three_buckets_on_one_date() -> None:
    loan = loan_with((-10, [100, 0, 0, 7]), (-5, [0, 30, 5, 0]), (-3, [-100, -30, -5, 0]))
    assert loan.highest_exposure_from(day(-8)) == 135
    assert loan.highest_exposure_from(day(-3)) == 0


def test_a_balance_as_of_a_date_leaves_out_what_came_later() -> None:
    loan = loan_with((-10, [100, 0, 0, 0]), (-5, [-80, 0, 0, 0]))
    assert [loan.balance_as_of(day(offset), Bucket.PRINCIPAL) for offset in (-6, -5, 0)] == [100, 20, 20]


def test_accruing_zero_still_marks_the_date() -> None:
    loan = loan_with((-10, [100, 0, 0, 0]))
    loan.accrue(day(-4), "entry")
    assert loan.written[day(-4)] == no_change()
    assert loan.last_effective_on == day(-4)
