"""What a check finds: the accounts whose recorded balance is not what the journal's lines make it."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

Drifted = tuple[str, ...]
"""Its kind, then an account (code, currency, layer), a loan's sub-account (loan, bucket) or an entry that has no lines."""
Check = Callable[[Connection], set[Drifted]]
BEYOND_RANGE: Final[Drifted] = ("sum", "beyond the largest amount")


def found_by(check: Check) -> Check:
    """The check, with the one thing it cannot add up on SQLite, sums beyond 64 bits, as a finding: posting admits none."""

    def guarded(connection: Connection) -> set[Drifted]:
        try:
            return check(connection)
        except OperationalError as error:
            if "integer overflow" in str(error.orig):
                return {BEYOND_RANGE}
            raise

    return guarded
