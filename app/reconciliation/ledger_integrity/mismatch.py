"""What a check finds: the accounts whose recorded balance is not what the journal's lines make it."""

from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

_T = TypeVar("_T")
Mismatch = tuple[str, ...]
"""Its kind, then an account (code, currency, layer), a loan's sub-account (loan, bucket) or an entry that has no lines."""
IntegrityCheck = Callable[[Connection], set[Mismatch]]
QuickCheck = Callable[[Connection], bool]
BEYOND_RANGE: Final[Mismatch] = ("sum", "beyond the largest amount")


def report_overflow(check: IntegrityCheck) -> IntegrityCheck:
    """The check, with the one thing it cannot add up on SQLite, sums beyond 64 bits, as a finding: posting admits none."""
    return _within_range(check, {BEYOND_RANGE})


def false_on_overflow(question: QuickCheck) -> QuickCheck:
    """The question, answered no where its sums are beyond 64 bits on SQLite."""
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
