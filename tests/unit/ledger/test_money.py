"""Amounts are integers from one to 2^63 - 1; a refusal names the field."""

import pytest

from app.ledger.money import out_of_range, require_positive
from app.ledger.refusals import AmountNotPositive
from app.refusal import FieldError

LARGEST = 2**63 - 1


def test_one_minor_unit_is_positive() -> None:
    require_positive(1, "/amount_minor")
    with pytest.raises(AmountNotPositive):
        require_positive(0, "/amount_minor")


@pytest.mark.parametrize("amount_minor", [0, -1])
def test_an_amount_that_is_not_positive_is_refused_with_its_field(amount_minor: int) -> None:
    with pytest.raises(AmountNotPositive) as refused:
        require_positive(amount_minor, "/loans/0/interest_minor")
    assert refused.value.detail == "/loans/0/interest_minor must be greater than zero"
    error = FieldError("/loans/0/interest_minor", "amount_not_positive", "must be greater than zero")
    assert refused.value.field_errors == (error,)


def test_a_total_out_of_range_is_a_refusal_to_raise() -> None:
    refusal = out_of_range("/loans", LARGEST + 5)
    assert refusal.detail == f"/loans: {LARGEST + 5} is above the largest amount, {LARGEST}"
    assert [each.field for each in refusal.field_errors] == ["/loans"]
