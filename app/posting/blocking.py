"""A refused reversal says which entries to reverse first."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from app.ledger.errors import Fault, ReversalBlocked


class Blocking(Protocol):
    """A later posting that lives on what the entry brought."""

    @property
    def loan_id(self) -> str: ...
    @property
    def journal_entry_id(self) -> str: ...
    @property
    def event_type(self) -> str: ...


FindBlocking = Callable[[str, str, Sequence[str]], Awaitable[Sequence[Blocking]]]
"""Tenant, entry to reverse and its loans → what stands in the way, newest first."""


async def named(blocked: ReversalBlocked, tenant_id: str, entry_id: str, find: FindBlocking) -> ReversalBlocked:
    """The same refusal, naming for each loan the entries to reverse first, newest first."""
    found = await find(tenant_id, entry_id, blocked.loan_ids)
    faults = [_fault(f"loan {one.loan_id}: reverse {one.event_type} {one.journal_entry_id} first") for one in found]
    named_loans = {one.loan_id for one in found}
    faults += [
        _fault(f"loan {loan_id}: its balance would be below zero") for loan_id in blocked.loan_ids if loan_id not in named_loans
    ]
    return ReversalBlocked(blocked.detail, *faults, loan_ids=blocked.loan_ids)


def _fault(message: str) -> Fault:
    return Fault("/reverses_entry_id", ReversalBlocked.code, message)
