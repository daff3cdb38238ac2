"""Dates between Python and PostgreSQL, each day as itself.

asyncpg sends the first and the last date that Python has as -infinity and infinity, which are no days to PostgreSQL: a row of
that day is then not found by its own date.
"""

from datetime import date
from typing import Any, Final

_EPOCH: Final = date(2000, 1, 1).toordinal()
_FIRST: Final = date.min.toordinal()
_LAST: Final = date.max.toordinal()


async def use_exact_dates(connection: Any) -> None:
    """On an asyncpg connection; asks the database nothing."""
    await connection.set_type_codec("date", schema="pg_catalog", encoder=_encode, decoder=_decode, format="tuple")


def _encode(day: date) -> tuple[int]:
    return (day.toordinal() - _EPOCH,)


def _decode(days: tuple[int]) -> date:
    """What lies outside of Python's dates, the infinities too, is the nearest date that it has."""
    return date.fromordinal(min(max(days[0] + _EPOCH, _FIRST), _LAST))
