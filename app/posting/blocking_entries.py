"""A refused reversal says what to do first: which entries to reverse, each on which date, or which later date to reverse on."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

from app.ledger.refusals import ReversalBlocked
from app.ledger.reversal_advice import BucketLine, ReversalAdvice, reversal_advice
from app.limits import BLOCKING_ENTRIES
from app.refusal import FieldError

ReadBucketLines = Callable[[str, str, Sequence[str]], Awaitable[Sequence[BucketLine]]]
"""Tenant, entry to reverse and loans → all lines of the buckets of these loans on which the entry has lines."""


async def name_blocking_entries(blocked: ReversalBlocked, tenant_id: str, read: ReadBucketLines) -> ReversalBlocked:
    """The same refusal with advice in its errors: at most `limits.BLOCKING_ENTRIES` entries, newest first, and how many more."""
    lines = await read(tenant_id, blocked.entry_id, blocked.loan_ids)
    advice = reversal_advice(lines, blocked.entry_id, blocked.effective_at)
    return ReversalBlocked(
        blocked.detail,
        *_errors(blocked, advice),
        entry_id=blocked.entry_id,
        effective_at=blocked.effective_at,
        loan_ids=blocked.loan_ids,
    )


def _errors(blocked: ReversalBlocked, advice: ReversalAdvice) -> Iterator[FieldError]:
    """Every id and date in a message is written in full, so that a program can follow the advice."""
    for entry in advice.entries[:BLOCKING_ENTRIES]:
        first = f"reverse {entry.event_type} {entry.journal_entry_id} with effective_at {entry.effective_at.isoformat()} first"
        yield _error("/reverses_entry_id", f"loan {entry.loan_id}: {first}")
    more = len(advice.entries) - BLOCKING_ENTRIES
    if more > 0:
        named = f"{len(advice.entries)} entries must be reversed first, of which the newest {BLOCKING_ENTRIES} are named"
        yield _error("/reverses_entry_id", f"{named}; reverse these, then repeat this request to learn the other {more}")
    if advice.effective_at > blocked.effective_at:
        reason = "before that date a balance would be below zero whatever else is reversed"
        yield _error("/effective_at", f"must be {advice.effective_at.isoformat()} or later: {reason}")
    for loan_id in blocked.loan_ids:
        if loan_id in advice.settled_loan_ids:
            yield _error("/reverses_entry_id", f"loan {loan_id}: something was posted meanwhile; repeat this request")


def _error(field: str, message: str) -> FieldError:
    return FieldError(field, ReversalBlocked.code, message)
