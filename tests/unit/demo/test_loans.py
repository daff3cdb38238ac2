"""The sample is read without rounding, and its amounts are consistent to the cent."""

from collections import Counter
from uuid import uuid4

import pytest

from app.demo.loans import cents, sample_loans


def test_the_sample_has_250_loans_issued_in_three_months() -> None:
    loans = sample_loans()
    assert len({loan.row for loan in loans}) == len(loans) == 250
    assert Counter(loan.issued_on.isoformat() for loan in loans) == {"2018-01-01": 93, "2018-02-01": 77, "2018-03-01": 80}


def test_the_total_paid_is_the_sum_of_fees_interest_and_principal_in_every_row() -> None:
    for loan in sample_loans():
        assert loan.paid_fees_minor + loan.paid_interest_minor + loan.paid_principal_minor == loan.paid_total_minor, loan


def test_the_balance_is_the_unpaid_principal_unless_the_loan_was_charged_off() -> None:
    differing = [loan for loan in sample_loans() if loan.balance_minor != loan.owed_principal_minor]
    assert [loan.row for loan in differing] == [388, 672, 1345]
    assert differing == [loan for loan in sample_loans() if loan.is_charged_off]
    assert {loan.balance_minor for loan in differing} == {0}


def test_loans_have_different_ids_in_each_run() -> None:
    loans, first, second = sample_loans(), uuid4(), uuid4()
    ids = {loan.loan_id(run) for loan in loans for run in (first, second)}
    assert len(ids) == 500


@pytest.mark.parametrize(("dollars", "expected"), [("0.00", 0), ("1390.38", 139038), ("20.0", 2000), ("15000", 1500000)])
def test_dollars_become_cents_exactly(dollars: str, expected: int) -> None:
    assert cents(dollars) == expected


def test_a_fraction_of_a_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number of cents"):
        cents("0.001")
