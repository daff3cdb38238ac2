"""Sums of 64-bit amounts are exact, also where the sum itself is far beyond 64 bits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Connection, Integer, literal, select, union_all

from app.limits import AMOUNT_MINOR_MAX
from app.store.queries.wide_sums import wide_sum_columns, wide_sums
from app.store.store import Store

SMALLEST = -AMOUNT_MINOR_MAX - 1
AMOUNTS = {
    "nothing": [],
    "one": [7],
    "a negative one": [-7],
    "both signs": [5, -9, 3],
    "around half the bits": [2**32 - 1, 2**32, -(2**32), -(2**32) - 1],
    "the largest, often": [AMOUNT_MINOR_MAX] * 40,
    "the smallest, often": [SMALLEST] * 40,
    "the largest and the smallest": [AMOUNT_MINOR_MAX, SMALLEST] * 3,
}


@pytest.mark.parametrize("amounts", AMOUNTS.values(), ids=AMOUNTS)
async def test_the_sum_is_that_of_python_s_integers(store: Store, amounts: list[int]) -> None:
    def summed(connection: Connection) -> list[int]:
        nothing = select(literal(0, BigInteger()).label("amount"), literal(0, Integer()).label("is_given"))
        each = [select(literal(amount, BigInteger()), literal(1, Integer())) for amount in amounts]
        rows = union_all(nothing, *each).subquery("rows")
        amount = rows.c.amount
        found = select(*wide_sum_columns(amount), *wide_sum_columns(-1 - amount)).where(rows.c.is_given == 1)
        return wide_sums(tuple(connection.execute(found).one()))

    assert await store.read((), summed) == [sum(amounts), sum(-1 - amount for amount in amounts)]


@given(st.lists(st.integers(SMALLEST, AMOUNT_MINOR_MAX)))
def test_the_halves_of_any_amounts_stand_for_their_sum(amounts: list[int]) -> None:
    """The database's shift and mask, done in Python."""
    high, low = sum(amount >> 32 for amount in amounts), sum(amount & 0xFFFFFFFF for amount in amounts)
    assert wide_sums([high, low]) == [sum(amounts)]


def test_a_half_that_is_missing_is_an_error_and_not_a_wrong_sum() -> None:
    with pytest.raises(ValueError, match="zip"):
        wide_sums([1, 2, 3])
