"""What `date` and `date-time` mean here, for every validator built from the contract.

Stricter than the parsers of the standard library, which read 20260101 as a date, and than validators that know a year 0.
`uuid` needs no rule of its own: the pattern that the contract puts beside it says more.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DATE_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_LEAP_SECOND: Final = re.compile(r":60(?:\.[0-9]+)?(?=[Z+-])")


def is_date(text: str) -> bool:
    """Whether `text` is YYYY-MM-DD and a day of the calendar from year 1 on."""
    return len(text) == len("2026-01-01") and _is_day(text)


@lru_cache(maxsize=1_024)
def _is_day(text: str) -> bool:
    """The same few dates are asked about all day long."""
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_date_time(text: str) -> bool:
    """Whether `text` is an RFC 3339 timestamp; second 60 only where a leap second can be, at 23:59 UTC."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return False
    day, minute, second, offset = match.groups()
    leaps = second == "60"
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}:{'59' if leaps else second}{offset.upper()}")
        return not leaps or moment.astimezone(UTC).strftime("%H:%M") == "23:59"
    except (ValueError, OverflowError):
        return False


def moment_of(date_time: str) -> datetime:
    """The moment in UTC of an RFC 3339 timestamp, to the microsecond; the first or the last one for what is beyond all years.

    A leap second is the end of the second before it.
    """
    moment = datetime.fromisoformat(_LEAP_SECOND.sub(":59.999999", date_time.upper()))
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return (datetime.min if moment.year == 1 else datetime.max).replace(tzinfo=UTC)


FORMATS: Final[dict[str, Callable[[str], bool]]] = {"date": is_date, "date-time": is_date_time}
