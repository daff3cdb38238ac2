"""What is left of a large body has the faults that the whole has."""

from typing import Any

import pytest

from app.contract.shortening import ITEMS, MEMBERS, shorten


def members(count: int) -> dict[str, Any]:
    return {f"x{number}": number for number in range(count)}


@pytest.mark.parametrize("value", [1, "text", None, [], {}, members(MEMBERS), [members(3)] * 5, [[1] * ITEMS]])
def test_what_is_not_large_is_left_as_it_is(value: Any) -> None:
    assert shorten(value, ()) is value


def test_of_a_large_object_the_declared_members_are_kept() -> None:
    value = members(100_000) | {"amount": 1}
    short = shorten(value, ("amount", "missing"))
    assert short["amount"] == 1
    assert len(short) == MEMBERS + 1
    assert short.items() <= value.items()


def test_a_list_that_is_too_long_stays_so_and_its_items_keep_their_places() -> None:
    value = list(range(3 * ITEMS))
    assert shorten(value, ()) == value[:ITEMS]


def test_what_is_large_within_is_cut_and_the_rest_is_shared() -> None:
    small, large = members(3), members(100_000)
    value: dict[str, Any] = {"a": small, "b": [small, {"c": large}], "d": 1}
    short = shorten(value, ())
    assert short["a"] is small
    assert short["b"][0] is small
    assert len(short["b"][1]["c"]) == MEMBERS
    assert value["b"][1]["c"] is large, "the body itself is not changed"
