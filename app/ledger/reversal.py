"""A reversal mirrors an entry, once; the two are linked both ways. It is the only correction there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.ledger.book import Book, Posting, RecordedEntry, Stamp
from app.ledger.entry import mirror
from app.ledger.errors import AlreadyReversed, EffectiveBeforeEntry, Fault, NotReversible, ReversalBlocked

FIELD = "/reverses_entry_id"


@dataclass(frozen=True, slots=True)
class Reversal:
    reverses_entry_id: str
    reason_code: str
    reason_description: str
    effective_at: date
    metadata: Mapping[str, str] | None = None

    @property
    def loan_ids(self) -> Sequence[str]:
        return ()

    @property
    def later_than(self) -> date:
        return self.effective_at

    def decide(self, book: Book, stamp: Stamp) -> Posting:
        """The mirror of the entry's lines.

        Raises EffectiveDateInFuture, EntryNotFound, NotReversible, AlreadyReversed, EffectiveBeforeEntry, ReversalBlocked.
        """
        stamp.require_not_future(self.effective_at)
        recorded = book.entry(stamp.tenant_id, self.reverses_entry_id)
        self._require_reversible(recorded, book.reversed.get((stamp.tenant_id, self.reverses_entry_id)))
        entry = stamp.entry(
            "reversal",
            self.effective_at,
            mirror(recorded.lines),
            {"reason_code": self.reason_code, "metadata": self.metadata},
            reverses_entry_id=self.reverses_entry_id,
            description=self.reason_description,
        )
        overdrawn = book.overdrawn(entry)
        if overdrawn:
            raise ReversalBlocked("a loan's balance would be below zero: reverse later entries first", loan_ids=overdrawn)
        answer = {
            "journal_entry_id": stamp.journal_entry_id,
            "reverses_entry_id": self.reverses_entry_id,
            "posted_at": stamp.posted_at,
            "correlation_id": stamp.correlation_id,
        }
        return Posting(entry, answer)

    def _require_reversible(self, recorded: RecordedEntry, reversed_in_batch: str | None) -> None:
        if recorded.event_type == "reversal":
            message = "is a reversal itself; post the right entry anew instead"
            raise NotReversible(f"the entry {message}", Fault(FIELD, NotReversible.code, message))
        reversed_by = recorded.reversed_by or reversed_in_batch
        if reversed_by is not None:
            message = f"is reversed by {reversed_by} already"
            raise AlreadyReversed(f"the entry {message}", Fault(FIELD, AlreadyReversed.code, message))
        if self.effective_at < recorded.effective_at:
            message = f"is before the entry's own date, {recorded.effective_at}"
            fault = Fault("/effective_at", EffectiveBeforeEntry.code, message)
            raise EffectiveBeforeEntry(f"{self.effective_at} {message}", fault)
