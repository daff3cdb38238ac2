"""Ids: UUIDv7 (RFC 9562), whose text order is the order in which this process made them."""

import os
from datetime import datetime

_last = 0


def uuid7(now: datetime) -> str:
    """Lower-case text: 48 bits of milliseconds, 12 bits of the fraction of one, 62 random bits; strictly increasing."""
    global _last
    microseconds = int(now.timestamp() * 1_000_000)
    milliseconds, rest = divmod(microseconds, 1000)
    time_bits = milliseconds << 12 | (rest << 12) // 1000
    value = time_bits << 62 | int.from_bytes(os.urandom(8)) >> 2
    _last = value = max(value, _last + 1)
    high, low = value >> 62, value & (1 << 62) - 1
    digits = f"{high >> 12:012x}7{high & 0xFFF:03x}{0x8000000000000000 | low:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
