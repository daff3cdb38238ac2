"""The time, always in UTC, and how it is written on the wire."""

from datetime import UTC, date, datetime


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().date()


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, such as 2026-11-22T21:40:15.123456Z; `moment` is aware and in UTC."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
