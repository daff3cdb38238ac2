"""The book a batch is decided on: the loans, totals and entries read for it, and everything posted on it so far.

A posting is checked as a whole against every rule before any of it is taken in, so a refusal leaves the book untouched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from app.ledger.accounts import BUCKETS, CREDIT, DEBIT, normal_side
from app.ledger.entry import Entry, Line
from app.ledger.errors import EffectiveDateInFuture, EntryNotFound, Fault, LoanNotFound
from app.ledger.loan import Changes, LoanAccount, added, no_change
from app.ledger.money import AMOUNT_MINOR_MAX, out_of_range

LoanKey = tuple[str, str]
"""Tenant and loan."""
AccountKey = tuple[str, str, str, str]
"""Tenant, account code, currency and layer."""
NEAR_LIMIT_MINOR = AMOUNT_MINOR_MAX // 128
"""A total up to which 127 writers at once, none seeing what the others add, stay within the largest amount together."""
BUCKET_SIDES = {code: (bucket, normal_side(code) == CREDIT) for code, bucket in BUCKETS.items()}
"""The bucket behind an account, and whether a credit makes it grow."""


class Stamp(NamedTuple):
    """What the rules do not make themselves: who posts, when, the ids to give; `posted_at` is `now` as the contract writes it."""

    tenant_id: str
    actor: str
    correlation_id: str
    now: datetime
    posted_at: str
    journal_entry_id: str
    event_id: str

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


class Posting(NamedTuple):
    """A decided event: its entry and the contract's answer, the loan it opens, and the loans whose effective date it accrues."""

    entry: Entry
    answer: Mapping[str, Any]
    opens: LoanAccount | None = None
    accrues: Sequence[str] = ()


class Book:
    """`loans`, `totals` ([debits, credits] over all dates) and `entries` are what the store read; the rest is what was posted.

    `is_near_limit` says that a total came so near the largest amount that it must be decided with no other writer at work.
    """

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
        self.is_near_limit = False

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
        accounts, loans = effects(entry)
        assert is_balanced(accounts), f"entry {entry.journal_entry_id} does not balance"
        assert not self._overdrawn(entry, loans), f"entry {entry.journal_entry_id} leaves a balance below zero"
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
        return self._overdrawn(entry, effects(entry)[1])

    def _overdrawn(self, entry: Entry, loans: dict[str, Changes]) -> tuple[str, ...]:
        found = []
        for loan_id, changes in loans.items():
            if min(changes) < 0:
                lowest = self.loans[entry.tenant_id, loan_id].lowest_from(entry.effective_at)
                if min(added(lowest, changes)) < 0:
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
        for account, (debits, credits) in accounts.items():
            total_debits, total_credits = self.totals.get(account, (0, 0))
            highest = max(total_debits + debits, total_credits + credits)
            if highest > NEAR_LIMIT_MINOR:
                self.is_near_limit = True
            if highest > AMOUNT_MINOR_MAX:
                raise out_of_range(f"total of account {account[1]}", highest)

    def _require_exposure_in_range(self, posting: Posting, loans: dict[str, Changes]) -> None:
        entry = posting.entry
        for loan_id, changes in loans.items():
            loan = self.loans.get((entry.tenant_id, loan_id)) or posting.opens
            assert loan is not None, f"loan {loan_id} was neither read nor opened"
            exposure = loan.highest_exposure_from(entry.effective_at) + sum(changes[:3])
            if exposure > AMOUNT_MINOR_MAX:
                raise out_of_range(f"exposure of loan {loan_id}", exposure)


def effects(entry: Entry) -> tuple[dict[AccountKey, list[int]], dict[str, Changes]]:
    """[debits, credits] of an entry per account, and what it changes in each loan's buckets on their accounts' normal side."""
    accounts: dict[AccountKey, list[int]] = {}
    loans: dict[str, Changes] = {}
    for line in entry.lines:
        is_credit = line.direction != DEBIT
        key = (entry.tenant_id, line.account_code, line.currency, line.layer)
        sides = accounts.get(key)
        if sides is None:
            sides = accounts[key] = [0, 0]
        sides[is_credit] += line.amount_minor
        if line.loan_id is not None:
            changes = loans.get(line.loan_id)
            if changes is None:
                changes = loans[line.loan_id] = no_change()
            bucket, grows_by_credit = BUCKET_SIDES[line.account_code]
            changes[bucket] += line.amount_minor if is_credit == grows_by_credit else -line.amount_minor
    return accounts, loans


def is_balanced(accounts: dict[AccountKey, list[int]]) -> bool:
    """Whether debits equal credits in each currency and layer."""
    nets: dict[tuple[str, str], int] = {}
    for (_, _, currency, layer), (debits, credits) in accounts.items():
        nets[currency, layer] = nets.get((currency, layer), 0) + debits - credits
    return not any(nets.values())


def _add(sides: list[int], debits: int, credits: int) -> None:
    sides[0] += debits
    sides[1] += credits
