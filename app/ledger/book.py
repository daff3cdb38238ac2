"""The book a batch is decided on: the loans, totals and entries read for it, and everything posted on it so far.

A decision is checked against every rule before any part of it is applied, so a refusal leaves the book unchanged.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.ledger.decision import Decision
from app.ledger.effects import AccountKey, effects, is_balanced
from app.ledger.entry import Entry, Line
from app.ledger.loan import Changes, LoanAccount, add_changes
from app.ledger.money import out_of_range
from app.ledger.refusals import EntryNotFound, LoanNotFound
from app.limits import AMOUNT_MINOR_MAX
from app.refusal import FieldError

LoanKey = tuple[str, str]
"""Tenant and loan."""
EntryKey = tuple[str, str]
"""Tenant and journal entry."""
NEAR_LIMIT_MINOR: Final = AMOUNT_MINOR_MAX // 128
"""A total up to which 127 writers at once, none seeing what the others add, stay within the largest amount together."""


@dataclass(frozen=True, slots=True)
class ReversibleEntry:
    """An entry of the journal that an event refers to; `reversed_by` is the entry that already reverses it."""

    event_type: str
    effective_at: date
    lines: list[Line]
    reversed_by: str | None


class Book:
    """`loans`, `totals` ([debits, credits] over all dates) and `entries` are what the store read; the rest is what was posted.

    `is_near_limit` says that a total came so near the largest amount that the batch must be decided with no other writer at work.
    """

    def __init__(
        self,
        loans: dict[LoanKey, LoanAccount],
        totals: dict[AccountKey, list[int]],
        entries: dict[EntryKey, ReversibleEntry],
    ) -> None:
        self.loans = loans
        self.totals = totals
        self.entries = entries
        self.posted: list[Entry] = []
        self.account_days: dict[tuple[AccountKey, date], list[int]] = {}
        self.reversed: dict[EntryKey, str] = {}
        self.is_near_limit = False

    def loan(self, tenant_id: str, loan_id: str, field: str = "/loan_id") -> LoanAccount:
        """Raises LoanNotFound, for another tenant's loan as for one that does not exist."""
        loan = self.loans.get((tenant_id, loan_id))
        if loan is None:
            message = f"no loan {loan_id}; a disbursement opens a loan"
            raise LoanNotFound(message, FieldError(field, LoanNotFound.code, message))
        return loan

    def entry(self, tenant_id: str, journal_entry_id: str) -> ReversibleEntry:
        """Raises EntryNotFound, for another tenant's entry as for one that does not exist."""
        entry = self.entries.get((tenant_id, journal_entry_id))
        if entry is None:
            message = f"no journal entry {journal_entry_id}"
            raise EntryNotFound(message, FieldError("/reverses_entry_id", EntryNotFound.code, message))
        return entry

    def post(self, decision: Decision) -> None:
        """Apply a decision; raises AmountOutOfRange, with nothing applied, for a total above the largest amount."""
        entry = decision.entry
        accounts, loans = effects(entry)
        assert is_balanced(accounts), f"entry {entry.journal_entry_id} does not balance"
        assert not self._overdrawn(entry, loans), f"entry {entry.journal_entry_id} leaves a balance below zero"
        self._require_totals_in_range(accounts)
        self._require_exposure_in_range(decision, loans)
        self._apply_to_loans(decision, loans)
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
                if min(add_changes(lowest, changes)) < 0:
                    found.append(loan_id)
        return tuple(found)

    def _apply_to_loans(self, decision: Decision, loans: dict[str, Changes]) -> None:
        entry = decision.entry
        if decision.opens is not None:
            self.loans[entry.tenant_id, decision.opens.loan_id] = decision.opens
        for loan_id, changes in loans.items():
            loan = self.loans[entry.tenant_id, loan_id]
            loan.opened_on = min(loan.opened_on, entry.effective_at)
            loan.apply(entry.effective_at, changes, entry.posted_at)
        for loan_id in decision.accrues:
            self.loans[entry.tenant_id, loan_id].accrue(entry.effective_at, entry.journal_entry_id, entry.posted_at)

    def _require_totals_in_range(self, accounts: dict[AccountKey, list[int]]) -> None:
        for account, (debits, credits) in accounts.items():
            total_debits, total_credits = self.totals.get(account, (0, 0))
            highest = max(total_debits + debits, total_credits + credits)
            if highest > NEAR_LIMIT_MINOR:
                self.is_near_limit = True
            if highest > AMOUNT_MINOR_MAX:
                raise out_of_range(f"total of account {account[1]}", highest)

    def _require_exposure_in_range(self, decision: Decision, loans: dict[str, Changes]) -> None:
        entry = decision.entry
        for loan_id, changes in loans.items():
            loan = self.loans.get((entry.tenant_id, loan_id)) or decision.opens
            assert loan is not None, f"loan {loan_id} was neither read nor opened"
            exposure = loan.highest_exposure_from(entry.effective_at) + sum(changes[:3])
            if exposure > AMOUNT_MINOR_MAX:
                raise out_of_range(f"exposure of loan {loan_id}", exposure)


def _add(sides: list[int], debits: int, credits: int) -> None:
    sides[0] += debits
    sides[1] += credits
