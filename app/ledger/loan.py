"""A loan as the writer holds it: balances per bucket over all dates, and what each later date changes in them."""

from collections.abc import Sequence
from datetime import date, datetime

from app.ledger.bucket import Bucket
from app.ledger.currency import CurrencyStanding, require_known
from app.ledger.refusals import BorrowerMismatch, CurrencyMismatch, EffectiveBeforeOpening
from app.refusal import FieldError

Changes = list[int]
"""Signed minor units per bucket, in the order of `Bucket`."""


def no_change() -> Changes:
    return [0, 0, 0, 0]


def add_changes(one: Changes, other: Changes) -> Changes:
    """The sum, bucket by bucket; written out because every posting computes it several times."""
    return [one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]]


class LoanAccount:
    """Mutable: each posting of a batch sees what the ones before it did.

    `days` holds the net changes of every date after the earliest one that the batch posts on (earlier dates may be missing);
    `accruals` the unreversed accrual entry of a date; `written` and `accruals_written` are what this batch adds, `posted_at` is
    when it last posted on each date, `last_posted_at` on any.
    """

    __slots__ = (
        "accruals",
        "accruals_written",
        "balances",
        "borrower_id",
        "currency",
        "days",
        "is_new",
        "last_effective_on",
        "last_posted_at",
        "loan_id",
        "opened_on",
        "posted_at",
        "tenant_id",
        "written",
    )

    def __init__(
        self,
        tenant_id: str,
        loan_id: str,
        borrower_id: str,
        currency: str,
        opened_on: date,
        last_effective_on: date,
        balances: Changes,
        *,
        is_new: bool = False,
    ) -> None:
        self.tenant_id = tenant_id
        self.loan_id = loan_id
        self.borrower_id = borrower_id
        self.currency = currency
        self.opened_on = opened_on
        self.last_effective_on = last_effective_on
        self.balances = balances
        self.is_new = is_new
        self.days: dict[date, Changes] = {}
        self.accruals: dict[date, str] = {}
        self.written: dict[date, Changes] = {}
        self.accruals_written: dict[date, str] = {}
        self.posted_at: dict[date, datetime] = {}
        self.last_posted_at: datetime

    def require_party(self, borrower_id: str, currency: str, standing: CurrencyStanding) -> None:
        """Raises BorrowerMismatch, CurrencyUnknown or CurrencyMismatch when the loan was opened for another party or currency."""
        if borrower_id != self.borrower_id:
            message = "is not the borrower that this loan was opened for"
            raise BorrowerMismatch(f"borrower_id {message}", FieldError("/borrower_id", BorrowerMismatch.code, message))
        self.require_currency(currency, standing)

    def require_currency(self, currency: str, standing: CurrencyStanding) -> None:
        """The loan's own currency passes whatever became of it; raises CurrencyUnknown or CurrencyMismatch for another."""
        if currency != self.currency:
            require_known(currency, standing)
            message = f"the loan is in {self.currency}, not in {currency}"
            raise CurrencyMismatch(message, FieldError("/currency", CurrencyMismatch.code, message))

    def require_open(self, effective_at: date, field: str = "/effective_at") -> None:
        """Raises EffectiveBeforeOpening for a date before the loan's first disbursement."""
        if effective_at < self.opened_on:
            message = f"is before the loan's first disbursement on {self.opened_on.isoformat()}"
            raise EffectiveBeforeOpening(f"{effective_at} {message}", FieldError(field, EffectiveBeforeOpening.code, message))

    def balance_as_of(self, day: date, bucket: Bucket) -> int:
        """The bucket's balance at the end of `day`, which must not be earlier than the dates that were read."""
        balance = self.balances[bucket]
        if day < self.last_effective_on:
            balance -= sum(changes[bucket] for date_, changes in self.days.items() if date_ > day)
        return balance

    def lowest_from(self, day: date) -> Changes:
        """Each bucket's smallest end-of-day balance on any date from `day` on."""
        lowest = list(self.balances)
        for balances in self._earlier_balances(day):
            lowest = [min(pair) for pair in zip(lowest, balances, strict=True)]
        return lowest

    def highest_exposure_from(self, day: date) -> int:
        """The largest sum of principal, interest and fees at the end of any date from `day` on."""
        return max(_exposure(self.balances), *map(_exposure, self._earlier_balances(day)), 0)

    def _earlier_balances(self, day: date) -> Sequence[Changes]:
        """The balances on `day` and after each later date but the last, newest first."""
        if day >= self.last_effective_on:
            return ()
        found = []
        balances = self.balances
        for later in sorted((date_ for date_ in self.days if date_ > day), reverse=True):
            balances = [balance - change for balance, change in zip(balances, self.days[later], strict=True)]
            found.append(balances)
        return found

    def apply(self, day: date, changes: Changes, posted_at: datetime) -> None:
        """Add the changes of one posting to the balances, to its day, and to what will be written."""
        self.balances = add_changes(self.balances, changes)
        before = self.days.get(day)
        self.days[day] = add_changes(before, changes) if before else changes
        written = self.written.get(day)
        self.written[day] = add_changes(written, changes) if written else changes
        self.posted_at[day] = self.last_posted_at = posted_at
        if day > self.last_effective_on:
            self.last_effective_on = day

    def accrue(self, day: date, journal_entry_id: str, posted_at: datetime) -> None:
        """Record that the entry accrues the date, also where the interest is zero and no line is posted."""
        self.accruals[day] = self.accruals_written[day] = journal_entry_id
        if self.posted_at.get(day) != posted_at:
            self.apply(day, no_change(), posted_at)


def _exposure(balances: Changes) -> int:
    return balances[Bucket.PRINCIPAL] + balances[Bucket.INTEREST] + balances[Bucket.FEES]
