"""Dates and timestamps are exactly what ISO 8601 and RFC 3339 say, not what a lenient parser takes."""

from datetime import UTC, datetime

import pytest

from app.contract.formats import is_date, is_date_time, moment_of


@pytest.mark.parametrize("text", ["2026-11-22", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_of_the_calendar_is_a_date(text: str) -> None:
    assert is_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "20261122",
        "2026-W47-7",
        "2026-02-30",
        "2023-02-29",
        "0000-01-01",
        "2026-1-1",
        "26-01-01",
        "2026-11-22 ",
        "2026-11-22\n",
        "2026-11-22T00:00:00Z",
        "+2026-11-22",
        "２０２６-11-22",
        "",
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    assert not is_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T21:40:15Z",
        "2026-11-22t21:40:15z",
        "2026-11-22T21:40:15.123456Z",
        "2026-11-22T21:40:15.123456789012Z",
        "2026-11-22T21:40:15+05:30",
        "2026-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "0001-01-01T00:00:00Z",
    ],
)
def test_an_rfc_3339_timestamp_is_one(text: str) -> None:
    assert is_date_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22T21:40:15",
        "2026-11-22 21:40:15Z",
        "2026-11-22T21:40Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T21:60:00Z",
        "2026-11-22T21:40:60Z",
        "2026-11-22T21:40:61Z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T21:40:15,5Z",
        "2026-11-22T21:40:15+24:00",
        "2026-11-22T21:40:15+0530",
        "2026-11-22T21:40:15Z\n",
        "0001-01-01T00:00:60+23:59",
        "",
    ],
)
def test_anything_else_is_no_timestamp(text: str) -> None:
    assert not is_date_time(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T21:40:15Z", datetime(2026, 11, 22, 21, 40, 15, tzinfo=UTC)),
        ("2026-11-22t21:40:15.1234567z", datetime(2026, 11, 22, 21, 40, 15, 123456, tzinfo=UTC)),
        ("2026-11-22T21:40:15+05:30", datetime(2026, 11, 22, 16, 10, 15, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2017-01-01T01:59:60.5+02:00", datetime(2016, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-14:00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_timestamp_is_a_moment_in_utc(text: str, moment: datetime) -> None:
    assert is_date_time(text)
    assert moment_of(text) == moment
