"""What every business event offers to the writer: what must be read for it, and its rule."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from app.ledger.book import Book, Posting, Stamp


class Event(Protocol):
    """A frozen value with the facts of one request."""

    @property
    def loan_ids(self) -> Sequence[str]:
        """The loans that must be read and locked, as far as the event itself names them."""
        ...

    @property
    def reverses_entry_id(self) -> str | None:
        """The entry that must be read, whose loans are locked too."""
        ...

    @property
    def later_than(self) -> date:
        """The changes of every date after this one must be read for its loans."""
        ...

    def decide(self, book: Book, stamp: Stamp) -> Posting:
        """The entry and answer of this event on this book, which it does not change; raises a Refusal."""
        ...


class OfOneLoan:
    """What the events of a single loan have in common: that loan is read, with what changes after the event's own date."""

    __slots__ = ()
    loan_id: str
    effective_at: date
    reverses_entry_id = None

    @property
    def loan_ids(self) -> Sequence[str]:
        return (self.loan_id,)

    @property
    def later_than(self) -> date:
        return self.effective_at
