"""A journal of any length: each loan is disbursed, then paid many times, with every balance and key that goes with it.

The rows are made in posting order. Reconciliation is asked afterwards whether all of it agrees.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from app.store import tables
from app.store.columns import names
from benchmarks.loans import CURRENCY, PRINCIPAL_MINOR, borrower_id, loan_id, opening_day, ordered_id
from benchmarks.tokens import TENANT_ID

PAYMENT_MINOR: Final = 5_000
DAYS_BETWEEN_PAYMENTS: Final = 7

Row = tuple[Any, ...]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "tenants": names(tables.tenants),
    "journal_lines": names(tables.journal_lines),
    "journal_entries": names(tables.journal_entries, without=("reverses_entry_id", "description", "details")),
    "idempotency_keys": names(tables.idempotency_keys),
    "loans": names(tables.loans),
    "loan_days": names(tables.loan_days, without=("accrual_entry_id",)),
    "account_totals": names(tables.account_totals),
    "account_days": names(tables.account_days),
}
"""Lines before their entries: the order in which SQLite's triggers want them."""


@dataclass(frozen=True, slots=True)
class History:
    """`loans` loans, paid `payments` times each. After all of it a loan owes PRINCIPAL_MINOR, however often it was paid."""

    loans: int
    payments: int

    @property
    def entries(self) -> int:
        return self.loans * (1 + self.payments)

    @property
    def lines(self) -> int:
        return self.entries * 2

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of one table, in the order of its COLUMNS."""
        makers = {
            "tenants": lambda: iter([(TENANT_ID,)]),
            "journal_lines": self._lines,
            "journal_entries": self._entries,
            "idempotency_keys": self._keys,
            "loans": self._loans,
            "loan_days": self._loan_days,
            "account_totals": self._account_totals,
            "account_days": self._account_days,
        }
        return makers[table]()

    def _rounds(self) -> Iterator[tuple[int, date]]:
        """Round 0 disburses every loan, each further round pays every loan once."""
        for number in range(1 + self.payments):
            yield number, opening_day() + timedelta(days=number * DAYS_BETWEEN_PAYMENTS)

    def _postings(self) -> Iterator[tuple[int, date, int, datetime, str]]:
        """round, effective date, loan, posted at, entry id."""
        for number, day in self._rounds():
            for loan in range(self.loans):
                at = _posted_at(day, loan)
                yield number, day, loan, at, ordered_id(at, loan)

    def _sides(self, number: int) -> tuple[tuple[str, str, int, bool], ...]:
        """account, direction, amount, whether the line is of the loan's own sub-account."""
        if number == 0:
            return ("1100", "DR", self._disbursed_minor, True), ("2000", "CR", self._disbursed_minor, False)
        return ("1050", "DR", PAYMENT_MINOR, False), ("1100", "CR", PAYMENT_MINOR, True)

    def _lines(self) -> Iterator[Row]:
        for number, day, loan, _, entry_id in self._postings():
            for sequence, (account, direction, amount, is_of_loan) in enumerate(self._sides(number), 1):
                owner = loan_id(loan) if is_of_loan else None
                shared = (CURRENCY, "SETTLED", owner, borrower_id(loan), "ach_trace_000001")
                yield TENANT_ID, entry_id, sequence, day, account, direction, amount, *shared

    def _entries(self) -> Iterator[Row]:
        for number, day, loan, at, entry_id in self._postings():
            event_type = "payment_received" if number else "disbursement"
            event_id = ordered_id(at, self.loans + loan)
            yield TENANT_ID, entry_id, event_id, event_type, day, at, 2, event_id, "history", _key(number, loan)

    def _keys(self) -> Iterator[Row]:
        for number, _, loan, at, entry_id in self._postings():
            key = _key(number, loan)
            body = f'{{"journal_entry_id":"{entry_id}","posted_at":"{at:%Y-%m-%dT%H:%M:%S.%fZ}"}}'.encode()
            yield TENANT_ID, key, hashlib.sha256(key.encode()).digest(), body, at

    def _loans(self) -> Iterator[Row]:
        *_, (_, last_day) = self._rounds()
        for loan in range(self.loans):
            dates = (opening_day(), last_day, _posted_at(last_day, loan))
            yield TENANT_ID, loan_id(loan), borrower_id(loan), CURRENCY, *dates, PRINCIPAL_MINOR, 0, 0, 0

    def _loan_days(self) -> Iterator[Row]:
        for number, day, loan, at, _ in self._postings():
            change = -PAYMENT_MINOR if number else self._disbursed_minor
            yield TENANT_ID, loan_id(loan), day, at, change, 0, 0, 0

    def _account_days(self) -> Iterator[Row]:
        for number, day in self._rounds():
            for account, direction, amount, _ in self._sides(number):
                total = amount * self.loans
                debits, credits = (total, 0) if direction == "DR" else (0, total)
                yield TENANT_ID, account, CURRENCY, "SETTLED", day, 0, debits, credits

    def _account_totals(self) -> Iterator[Row]:
        debits: Counter[str] = Counter()
        credits: Counter[str] = Counter()
        for _, account, _, _, _, _, dr_minor, cr_minor in self._account_days():
            debits[account] += dr_minor
            credits[account] += cr_minor
        for account in sorted(debits | credits):
            yield TENANT_ID, account, CURRENCY, "SETTLED", 0, debits[account], credits[account]

    @property
    def _disbursed_minor(self) -> int:
        return PRINCIPAL_MINOR + self.payments * PAYMENT_MINOR


def _key(number: int, loan: int) -> str:
    return f"history:{number}:{loan}"


def _posted_at(day: date, loan: int) -> datetime:
    return datetime.combine(day, time(1), UTC) + timedelta(milliseconds=loan)


OPENED: Final = History(loans=12_000, payments=0)
"""The empty database: the loans that are measured, just opened."""
RECONCILED: Final = History(loans=10_000, payments=9)
"""100,000 entries."""
LIVED: Final = History(loans=20_000, payments=24)
"""1,000,000 lines."""
FILTERED: Final = History(loans=60_000, payments=24)
"""3,000,000 lines."""
