"""The waterfall: fees, interest, principal, and the rest to suspense."""

from hypothesis import given
from hypothesis import strategies as st

from app.ledger.waterfall import Allocation, allocate

amounts = st.integers(0, 2**63 - 1)


def test_the_published_example() -> None:
    assert allocate(88_849, [1_000_000, 10_000, 500, 0]) == Allocation(500, 10_000, 78_349, 0)


def test_what_is_owed_to_nobody_waits_in_suspense() -> None:
    assert allocate(100, [10, 20, 30, 5]) == Allocation(30, 20, 10, 40)


@given(amounts, amounts, amounts, amounts)
def test_the_parts_sum_to_the_amount_and_none_exceeds_its_bucket(amount: int, principal: int, interest: int, fees: int) -> None:
    parts = allocate(amount, [principal, interest, fees, 0])
    assert parts.fees_minor + parts.interest_minor + parts.principal_minor + parts.suspense_minor == amount
    assert 0 <= parts.fees_minor <= fees
    assert 0 <= parts.interest_minor <= interest
    assert 0 <= parts.principal_minor <= principal


@given(amounts, amounts, amounts, amounts)
def test_a_later_part_is_paid_only_when_the_earlier_ones_are_met(amount: int, principal: int, interest: int, fees: int) -> None:
    parts = allocate(amount, [principal, interest, fees, 0])
    assert parts.interest_minor == 0 or parts.fees_minor == fees
    assert parts.principal_minor == 0 or parts.interest_minor == interest
    assert parts.suspense_minor == 0 or parts.principal_minor == principal
