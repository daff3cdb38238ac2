"""The cursor follows the first attempt that is still under way, in whatever order attempts end."""

from hypothesis import given
from hypothesis import strategies as st

from app.webhooks.cursor_trail import CursorTrail
from app.webhooks.delivery_store import Cursor


def test_the_cursor_waits_for_the_first_attempt_under_way() -> None:
    trail = CursorTrail(Cursor("0"))
    for cursor in ("1", "2", "3"):
        trail.begin(Cursor(cursor))
    trail.settle(Cursor("2"))
    assert trail.cursor == "0"
    trail.settle(Cursor("1"))
    assert trail.cursor == "2"


def test_what_is_not_sent_is_passed_over_with_what_stands_before_it() -> None:
    trail = CursorTrail(Cursor("0"))
    trail.begin(Cursor("3"))
    trail.pass_over(Cursor("9"))
    assert trail.cursor == "0"
    trail.settle(Cursor("3"))
    assert trail.cursor == "9"
    trail.begin(Cursor("10"))
    trail.pass_over(Cursor("10"))
    assert trail.cursor == "9"


@given(st.permutations(range(1, 9)))
def test_in_any_order_of_ends_the_cursor_is_before_the_first_one_missing(order: list[int]) -> None:
    trail = CursorTrail(Cursor("0"))
    for number in range(1, 9):
        trail.begin(Cursor(str(number)))
    ended: set[int] = set()
    for number in order:
        trail.settle(Cursor(str(number)))
        ended.add(number)
        assert int(trail.cursor) == min(set(range(1, 10)) - ended) - 1
