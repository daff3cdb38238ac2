"""Ids are UUIDv7 in the order in which they were made."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.clock import microseconds
from app.ids import END_OF_TIME, Ids, first_uuid7_of, microsecond_after, uuid7_at

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678100, tzinfo=UTC)


def test_an_id_is_a_version_7_uuid_in_lower_case_with_its_milliseconds() -> None:
    text = Ids()(MOMENT)
    made = UUID(text)
    assert str(made) == text
    assert made.version == 7
    assert made.int >> 80 == (int(MOMENT.timestamp()) * 1_000) + 678


def test_ids_of_the_same_moment_keep_their_order() -> None:
    new_id = Ids()
    ids = [new_id(MOMENT) for _ in range(10_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_the_order_is_kept_when_the_clock_goes_back() -> None:
    new_id = Ids()
    ahead = new_id(MOMENT)
    assert new_id(MOMENT - timedelta(days=2)) > ahead


LAST_MOMENT = datetime(9998, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("microsecond", [0, 1, 999, 1_000, microseconds(MOMENT), microseconds(LAST_MOMENT)])
def test_the_microsecond_after_an_id_is_the_next_one(microsecond: int) -> None:
    """So that ids, the moments they hold and the moments of posting are in one order, with room for four ids a microsecond."""
    ids = [uuid7_at(microsecond, number) for number in range(4)]
    assert ids == sorted(ids)
    assert {microsecond_after(each) for each in ids} == {microsecond + 1}
    assert uuid7_at(microsecond + 1) > ids[-1]
    assert ids[-1] < END_OF_TIME


def test_ids_that_counted_on_are_followed_by_a_later_microsecond() -> None:
    new_id = Ids()
    *_, last = (new_id(MOMENT) for _ in range(100))
    assert uuid7_at(microsecond_after(last)) > last
    assert microsecond_after(last) > microseconds(MOMENT) + 20


def test_microseconds_make_a_difference_within_a_millisecond() -> None:
    new_id = Ids()
    first, second = (UUID(new_id(MOMENT + timedelta(microseconds=shift))) for shift in (0, 500))
    assert first.int >> 80 == second.int >> 80
    assert (second.int >> 64) - (first.int >> 64) == 500 * 4096 // 1_000


@pytest.mark.parametrize("microsecond", [0, 1, 999, microseconds(MOMENT), microseconds(LAST_MOMENT)])
def test_the_first_id_of_a_moment_is_between_those_of_the_moments_before_and_its_own(microsecond: int) -> None:
    first = first_uuid7_of(microsecond)
    assert first <= uuid7_at(microsecond) < first_uuid7_of(microsecond + 1)
    assert microsecond == 0 or uuid7_at(microsecond - 1, 3) < first
    assert first_uuid7_of(-1) == first_uuid7_of(0)
