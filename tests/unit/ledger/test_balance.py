"""What a borrower owes is principal, interest and fees; money that waits in suspense is not taken off."""

from app.ledger.balance import LoanBalance
from tests.support.events import noon


def test_the_total_exposure_is_principal_interest_and_fees_without_suspense() -> None:
    balance = LoanBalance("USD", 100_000, 2_000, 30, 7, noon())
    assert balance.total_exposure_minor == 102_030


def test_a_loan_that_is_paid_back_owes_nothing_though_money_waits() -> None:
    assert LoanBalance("USD", 0, 0, 0, 500, None).total_exposure_minor == 0
