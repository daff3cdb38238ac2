"""A reversal mirrors an entry, once; the two are linked both ways. An entry is never corrected in any other way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.ledger.book import Book, ReversibleEntry
from app.ledger.decision import Decision, PostingContext
from app.ledger.entry import mirror
from app.ledger.events.event import ReadSet, day_after
from app.ledger.refusals import AlreadyReversed, EffectiveBeforeEntry, NotReversible, ReversalBlocked
from app.refusal import FieldError

ENTRY_FIELD: Final = "/reverses_entry_id"


@dataclass(frozen=True, slots=True)
class Reversal:
    """The facts of a reversal; `reason_description` becomes the entry's description."""

    reverses_entry_id: str
    reason_code: str
    reason_description: str
    effective_at: date
    metadata: Mapping[str, str] | None = None

    def reads(self) -> ReadSet:
        return ReadSet(day_after(self.effective_at), entry_ids=(self.reverses_entry_id,))

    def decide(self, book: Book, context: PostingContext) -> Decision:
        """The mirror of the entry's lines.

        Raises EffectiveDateInFuture, EntryNotFound, NotReversible, AlreadyReversed, EffectiveBeforeEntry, ReversalBlocked.
        """
        context.require_not_future(self.effective_at)
        recorded = book.entry(context.tenant_id, self.reverses_entry_id)
        self._require_reversible(recorded, book.reversed.get((context.tenant_id, self.reverses_entry_id)))
        entry = context.entry(
            "reversal",
            self.effective_at,
            mirror(recorded.lines),
            {"reason_code": self.reason_code, "metadata": self.metadata},
            reverses_entry_id=self.reverses_entry_id,
            description=self.reason_description,
        )
        overdrawn = book.overdrawn(entry)
        if overdrawn:
            raise ReversalBlocked(
                "a loan's balance would be below zero",
                entry_id=self.reverses_entry_id,
                effective_at=self.effective_at,
                loan_ids=overdrawn,
            )
        return Decision(entry, self._answer(context))

    def _answer(self, context: PostingContext) -> Mapping[str, Any]:
        return {
            "journal_entry_id": context.journal_entry_id,
            "reverses_entry_id": self.reverses_entry_id,
            "posted_at": context.posted_at,
            "correlation_id": context.correlation_id,
        }

    def _require_reversible(self, recorded: ReversibleEntry, reversed_in_batch: str | None) -> None:
        if recorded.event_type == "reversal":
            message = "is a reversal itself; post the right entry again instead"
            raise NotReversible(f"the entry {message}", FieldError(ENTRY_FIELD, NotReversible.code, message))
        reversed_by = recorded.reversed_by or reversed_in_batch
        if reversed_by is not None:
            message = f"is reversed by {reversed_by} already"
            raise AlreadyReversed(f"the entry {message}", FieldError(ENTRY_FIELD, AlreadyReversed.code, message))
        if self.effective_at < recorded.effective_at:
            message = f"is before the entry's own date, {recorded.effective_at}"
            error = FieldError("/effective_at", EffectiveBeforeEntry.code, message)
            raise EffectiveBeforeEntry(f"{self.effective_at} {message}", error)
