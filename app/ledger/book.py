"""The book a batch is decided on: the loans, totals and entries read for it, and everything posted on it so far.

A posting is checked as a whole against every rule before any of it is taken in, so a refusal leaves the book untouched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.ledger.accounts import BUCKETS, DEBIT, normal_side
from app.ledger.entry import Entry, Line, is_balanced
from app.ledger.errors import EffectiveDateInFuture, EntryNotFound, Fault, LoanNotFound
from app.ledger.loan import Changes, LoanAccount, no_change
from app.ledger.money import AMOUNT_MINOR_MAX, out_of_range

LoanKey = tuple[str, str]
"""Tenant and loan."""
AccountKey = tuple[str, str, str, str]
"""Tenant, account code, currency and layer."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the rules do not make themselves: who posts, when, and the ids to give."""

    tenant_id: str
    actor: str
    correlation_id: str
    now: datetime
    journal_entry_id: str
    event_id: str

    @property
    def posted_at(self) -> str:
        """RFC 3339, UTC, microseconds."""
        return self.now.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def require_not_future(self, effective_at: date, field: str = "/effective_at") -> None:
        """Raises EffectiveDateInFuture after tomorrow in UTC: today somewhere on earth is still allowed."""
        latest = self.now.date() + timedelta(days=1)
        if effective_at > latest:
            message = f"may be {latest} (tomorrow in UTC) at the latest"
            raise EffectiveDateInFuture(f"{effective_at}: {message}", Fault(field, EffectiveDateInFuture.code, message))

    def entry(self, event_type: str, effective_at: date, lines: list[Line], details: Mapping[str, Any], **optional: str) -> Entry:
        return Entry(
            tenant_id=self.tenant_id,
            journal_entry_id=self.journal_entry_id,
            event_id=self.event_id,
            event_type=event_type,
            effective_at=effective_at,
            posted_at=self.now,
            lines=lines,
            correlation_id=self.correlation_id,
            actor=self.actor,
            details={name: value for name, value in details.items() if value is not None} or None,
            **optional,
        )


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """An entry of the journal that a posting refers to; `reversed_by` is the entry that already reverses it."""

    event_type: str
    effective_at: date
    lines: list[Line]
    reversed_by: str | None


@dataclass(frozen=True, slots=True)
class Posting:
    """A decided event: its entry and the contract's answer, the loan it opens, and the loans whose effective date it accrues."""

    entry: Entry
    answer: Mapping[str, Any]
    opens: LoanAccount | None = None
    accrues: Sequence[str] = ()


class Book:
    """`loans`, `totals` ([debits, credits] over all dates) and `entries` are what the store read; the rest is what was posted."""

    def __init__(
        self,
        loans: dict[LoanKey, LoanAccount],
        totals: dict[AccountKey, list[int]],
        entries: dict[tuple[str, str], RecordedEntry],
    ) -> None:
        self.loans = loans
        self.totals = totals
        self.entries = entries
        self.posted: list[Entry] = []
        self.account_days: dict[tuple[AccountKey, date], list[int]] = {}
        self.reversed: dict[tuple[str, str], str] = {}

    def loan(self, tenant_id: str, loan_id: str, field: str = "/loan_id") -> LoanAccount:
        """Raises LoanNotFound, for another tenant's loan as for one that does not exist."""
        loan = self.loans.get((tenant_id, loan_id))
        if loan is None:
            message = f"no loan {loan_id}; a disbursement opens a loan"
            raise LoanNotFound(message, Fault(field, LoanNotFound.code, message))
        return loan

    def entry(self, tenant_id: str, journal_entry_id: str) -> RecordedEntry:
        """Raises EntryNotFound, for another tenant's entry as for one that does not exist."""
        entry = self.entries.get((tenant_id, journal_entry_id))
        if entry is None:
            message = f"no journal entry {journal_entry_id}"
            raise EntryNotFound(message, Fault("/reverses_entry_id", EntryNotFound.code, message))
        return entry

    def post(self, posting: Posting) -> None:
        """Take a posting in, or raise AmountOutOfRange for a total above the largest amount."""
        entry = posting.entry
        assert is_balanced(entry.lines), f"entry {entry.journal_entry_id} does not balance"
        assert not self.overdrawn(entry), f"entry {entry.journal_entry_id} leaves a balance below zero"
        accounts = account_changes(entry)
        loans = loan_changes(entry)
        self._require_totals_in_range(accounts)
        self._require_exposure_in_range(posting, loans)
        self._take_loans(posting, loans)
        for account, (debits, credits) in accounts.items():
            _add(self.totals.setdefault(account, [0, 0]), debits, credits)
            _add(self.account_days.setdefault((account, entry.effective_at), [0, 0]), debits, credits)
        if entry.reverses_entry_id is not None:
            self.reversed[entry.tenant_id, entry.reverses_entry_id] = entry.journal_entry_id
        self.posted.append(entry)

    def overdrawn(self, entry: Entry) -> tuple[str, ...]:
        """The loans that the entry would leave with a balance below zero as of some date."""
        found = []
        for loan_id, changes in loan_changes(entry).items():
            if min(changes) < 0:
                lowest = self.loans[entry.tenant_id, loan_id].lowest_from(entry.effective_at)
                if any(low + change < 0 for low, change in zip(lowest, changes, strict=True)):
                    found.append(loan_id)
        return tuple(found)

    def _take_loans(self, posting: Posting, loans: dict[str, Changes]) -> None:
        entry = posting.entry
        if posting.opens is not None:
            self.loans[entry.tenant_id, posting.opens.loan_id] = posting.opens
        for loan_id, changes in loans.items():
            loan = self.loans[entry.tenant_id, loan_id]
            loan.opened_on = min(loan.opened_on, entry.effective_at)
            loan.apply(entry.effective_at, changes)
        for loan_id in posting.accrues:
            self.loans[entry.tenant_id, loan_id].accrue(entry.effective_at, entry.journal_entry_id)

    def _require_totals_in_range(self, accounts: dict[AccountKey, list[int]]) -> None:
        for account, change in accounts.items():
            for total, amount_minor in zip(self.totals.get(account, (0, 0)), change, strict=True):
                if total + amount_minor > AMOUNT_MINOR_MAX:
                    raise out_of_range(f"total of account {account[1]}", total + amount_minor)

    def _require_exposure_in_range(self, posting: Posting, loans: dict[str, Changes]) -> None:
        entry = posting.entry
        for loan_id, changes in loans.items():
            loan = self.loans.get((entry.tenant_id, loan_id)) or posting.opens
            assert loan is not None, f"loan {loan_id} was neither read nor opened"
            exposure = loan.highest_exposure_from(entry.effective_at) + sum(changes[:3])
            if exposure > AMOUNT_MINOR_MAX:
                raise out_of_range(f"exposure of loan {loan_id}", exposure)


def account_changes(entry: Entry) -> dict[AccountKey, list[int]]:
    """[debits, credits] of an entry per account."""
    changes: dict[AccountKey, list[int]] = {}
    for line in entry.lines:
        sides = changes.setdefault((entry.tenant_id, line.account_code, line.currency, line.layer), [0, 0])
        sides[line.direction != DEBIT] += line.amount_minor
    return changes


def loan_changes(entry: Entry) -> dict[str, Changes]:
    """What an entry changes in each loan's buckets, signed by the account's normal side."""
    changes: dict[str, Changes] = {}
    for line in entry.lines:
        if line.loan_id is not None:
            grows = line.direction == normal_side(line.account_code)
            bucket = BUCKETS[line.account_code]
            changes.setdefault(line.loan_id, no_change())[bucket] += line.amount_minor if grows else -line.amount_minor
    return changes


def _add(sides: list[int], debits: int, credits: int) -> None:
    sides[0] += debits
    sides[1] += credits
