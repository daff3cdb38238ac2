"""UUIDv7 (RFC 9562) as lower-case text: ids in the order of the moments that they hold.

After the 48 bits of milliseconds, 12 bits hold the fraction of the millisecond in ticks. Each microsecond has four ticks of its
own, so that its ids can have an order too.
"""

from datetime import UTC, datetime
from random import getrandbits
from typing import Final

from app.clock import microseconds

_TICKS_PER_MILLISECOND: Final = 1 << 12
_VARIANT: Final = 1 << 63


def uuid7_at(microsecond: int, number: int = 0) -> str:
    """A new id of a moment, in microseconds since 1970; `number`, 0 to 3, orders the ids of the same one. 62 bits are random."""
    return _uuid7(microsecond * _TICKS_PER_MILLISECOND // 1_000 + number)


def first_uuid7_of(microsecond: int) -> str:
    """The least id of a moment and those after it; of every moment for one before 1970."""
    ticks = max(microsecond, 0) * _TICKS_PER_MILLISECOND // 1_000
    return _text(ticks, _VARIANT)


def microsecond_after(uuid7: str) -> int:
    """The first microsecond since 1970 of which every id is greater than this one."""
    ticks = int(uuid7[:8] + uuid7[9:13] + uuid7[15:18], 16)
    return -(-(ticks + 1) * 1_000 // _TICKS_PER_MILLISECOND)


class Ids:
    """A sequence of ids; a process has one."""

    __slots__ = ("_last_ticks",)

    def __init__(self) -> None:
        self._last_ticks = 0

    def __call__(self, now: datetime) -> str:
        """The next id; greater than every one before it, even if the clock goes back."""
        ticks = microseconds(now) * _TICKS_PER_MILLISECOND // 1_000
        self._last_ticks = max(self._last_ticks + 1, ticks)
        return _uuid7(self._last_ticks)


def _uuid7(ticks: int) -> str:
    return _text(ticks, _VARIANT | getrandbits(62))


def _text(ticks: int, rest: int) -> str:
    text = f"{ticks >> 12:012x}7{ticks & 0xFFF:03x}{rest:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


uuid7: Final = Ids()
END_OF_TIME: Final = f"{uuid7_at(microseconds(datetime(9999, 1, 1, tzinfo=UTC)))[:13]}-7000-8000-000000000000"
"""Ids from here on hold no moment that a posting could follow; this program makes none."""
