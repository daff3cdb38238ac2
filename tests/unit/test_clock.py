"""Times are in UTC, and written as the contract has them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app import clock


@pytest.mark.parametrize("moment", [datetime(2026, 11, 22, 21, 40, 15, 123456, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_moment_is_counted_in_microseconds_exactly(moment: datetime) -> None:
    assert clock.moment_at(clock.microseconds(moment)) == moment
    assert clock.microseconds(moment) - clock.microseconds(moment - timedelta(microseconds=1)) == 1


def test_now_knows_that_it_is_in_utc() -> None:
    before, now, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert before <= now <= after
    assert now.tzinfo is UTC


def test_today_is_the_date_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Late in the evening west of Greenwich, where the next day has begun in UTC."""
    evening = datetime(2026, 3, 30, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    monkeypatch.setattr(clock, "now", lambda: evening.astimezone(UTC))
    assert clock.today().isoformat() == "2026-03-31"


@pytest.mark.parametrize(("microsecond", "text"), [(123456, "2026-11-22T21:40:15.123456Z"), (0, "2026-11-22T21:40:15.000000Z")])
def test_a_timestamp_has_microseconds_and_the_letter_of_utc(microsecond: int, text: str) -> None:
    assert clock.timestamp(datetime(2026, 11, 22, 21, 40, 15, microsecond, tzinfo=UTC)) == text
