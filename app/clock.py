"""The time, always in UTC, how it is counted and how it is written on the wire."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().date()


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, such as 2026-11-22T21:40:15.123456Z; `moment` is aware and in UTC."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def microseconds(moment: datetime) -> int:
    """Since 1970, exactly."""
    elapsed = moment - _EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds


def moment_at(microsecond: int) -> datetime:
    """The moment so many microseconds after 1970 began."""
    return _EPOCH + timedelta(microseconds=microsecond)
