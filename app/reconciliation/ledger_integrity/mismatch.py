"""What a check finds: the accounts whose recorded balance is not the sum of the journal's lines."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

_T = TypeVar("_T")
_M = TypeVar("_M")
Mismatch = tuple[str, ...]
"""Its kind, then an account (code, currency, layer), a loan's sub-account (loan, bucket) or an entry that has no lines."""
QuickCheck = Callable[[Connection], bool]
BEYOND_RANGE: Final[Mismatch] = ("sum", "beyond the largest amount")


def report_overflow(check: Callable[[Connection], Iterable[_M]]) -> Callable[[Connection], Iterable[_M | Mismatch]]:
    """The check, with a sum beyond 64 bits, which SQLite cannot compute, as a mismatch: no posting makes one."""
    return _within_range(check, {BEYOND_RANGE})


def false_on_overflow(question: QuickCheck) -> QuickCheck:
    """The quick check, false where a sum is beyond 64 bits, which SQLite cannot compute."""
    return _within_range(question, False)


def _within_range(ask: Callable[[Connection], _T], otherwise: _T) -> Callable[[Connection], _T]:
    def guarded(connection: Connection) -> _T:
        try:
            return ask(connection)
        except OperationalError as error:
            if "integer overflow" in str(error.orig):
                return otherwise
            raise

    return guarded
