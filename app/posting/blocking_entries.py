"""A refused reversal names the blocking entries: later entries of the same loans that must be reversed first."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from app.ledger.refusals import ReversalBlocked
from app.refusal import FieldError


class BlocksReversal(Protocol):
    """A later entry that depends on what the entry to be reversed added to a loan."""

    @property
    def loan_id(self) -> str: ...
    @property
    def journal_entry_id(self) -> str: ...
    @property
    def event_type(self) -> str: ...


FindBlockingEntries = Callable[[str, str, Sequence[str]], Awaitable[Sequence[BlocksReversal]]]
"""Tenant, entry to reverse and its loans → the entries that block its reversal, newest first."""


async def name_blocking_entries(blocked: ReversalBlocked, tenant_id: str, find: FindBlockingEntries) -> ReversalBlocked:
    """The same refusal, naming for each loan the entries to reverse first, newest first."""
    found = await find(tenant_id, blocked.entry_id, blocked.loan_ids)
    errors = [_error(f"loan {each.loan_id}: reverse {each.event_type} {each.journal_entry_id} first") for each in found]
    named_loans = {each.loan_id for each in found}
    errors += [
        _error(f"loan {loan_id}: its balance would be below zero") for loan_id in blocked.loan_ids if loan_id not in named_loans
    ]
    return ReversalBlocked(blocked.detail, *errors, entry_id=blocked.entry_id, loan_ids=blocked.loan_ids)


def _error(message: str) -> FieldError:
    return FieldError("/reverses_entry_id", ReversalBlocked.code, message)
