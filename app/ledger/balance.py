"""What a balance is, whichever way it was read; named tuples, since every read makes one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from app.ledger.book import LoanKey


class LoanBalance(NamedTuple):
    """`last_activity_at` is when the newest posting effective by the date was made; None before the first."""

    currency: str
    principal_minor: int
    interest_minor: int
    fees_minor: int
    suspense_minor: int
    last_activity_at: datetime | None

    @property
    def total_exposure_minor(self) -> int:
        """What the borrower owes."""
        return self.principal_minor + self.interest_minor + self.fees_minor


class AccountBalance(NamedTuple):
    """What was debited and credited, effective by the date."""

    dr_minor: int
    cr_minor: int


class CurrentLoan(NamedTuple):
    """A loan's current balance: it holds as of every date from `last_effective_on` on."""

    last_effective_on: date
    balance: LoanBalance


CurrentLoans = Mapping[LoanKey, CurrentLoan | None]
