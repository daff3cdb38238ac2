"""UUIDv7 (RFC 9562) as lower-case text: ids whose order is the order in which this process made them.

After the 48 bits of milliseconds, 12 bits count within the millisecond, so that ids of the same moment keep their order too.
"""

from datetime import UTC, datetime
from random import getrandbits
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS_PER_MILLISECOND: Final = 1 << 12
_VARIANT: Final = 1 << 63


class Ids:
    """A sequence of ids; a process has one."""

    __slots__ = ("_last_now", "_last_ticks")

    def __init__(self) -> None:
        self._last_ticks = 0
        self._last_now: datetime | None = None

    def __call__(self, now: datetime) -> str:
        """The next id; greater than every one before it, even if the clock goes back. 62 of its bits are random."""
        if now is not self._last_now:
            self._last_now = now
            elapsed = now - _EPOCH
            microseconds = (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
            self._last_ticks = max(self._last_ticks, microseconds * _TICKS_PER_MILLISECOND // 1_000 - 1)
        self._last_ticks = ticks = self._last_ticks + 1
        text = f"{ticks >> 12:012x}7{ticks & 0xFFF:03x}{_VARIANT | getrandbits(62):016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


uuid7: Final = Ids()
