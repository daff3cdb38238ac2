"""Sums of 64-bit amounts that cannot overflow: SQLite's sum() fails beyond 64 bits, so each half is summed on its own."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Integer, func, literal

_BITS: Final = 32
_SHIFT: Final = literal(_BITS, Integer())
_LOW: Final = literal((1 << _BITS) - 1, BigInteger())


def wide_sum_columns(value: ColumnElement[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The sums of the high and of the low 32 bits of a value; negative values keep their sign in the high half."""
    return func.sum(value.bitwise_rshift(_SHIFT)), func.sum(value.bitwise_and(_LOW))


def wide_sums(columns: Sequence[Any]) -> list[int]:
    """The sums that pairs of such columns stand for, in their order; a sum over no row is zero."""
    return [(int(high or 0) << _BITS) + int(low or 0) for high, low in zip(columns[::2], columns[1::2], strict=True)]
