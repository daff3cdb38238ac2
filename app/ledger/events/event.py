"""What every business event offers to the writer: what must be read for it, and its rule."""

from datetime import date
from typing import NamedTuple, Protocol

from app.ledger.book import Book
from app.ledger.decision import Decision, PostingContext


class ReadSet(NamedTuple):
    """What must be read, and for loans locked, before an event can be decided.

    `loan_ids` are loans that the event names itself; the loans on the lines of the entries in `entry_ids` are read and locked as
    well. For all these loans the changes of every date after `changes_after` are read.
    """

    changes_after: date
    loan_ids: tuple[str, ...] = ()
    entry_ids: tuple[str, ...] = ()


class Event(Protocol):
    """A frozen value with the facts of one request."""

    def reads(self) -> ReadSet:
        """What must be read for this event."""
        ...

    def decide(self, book: Book, context: PostingContext) -> Decision:
        """The entry and answer of this event on this book, which it does not change; raises a Refusal."""
        ...


class LoanEvent:
    """What the events of a single loan have in common: that loan is read, with what changes after the event's own date."""

    __slots__ = ()
    loan_id: str
    effective_at: date

    def reads(self) -> ReadSet:
        return ReadSet(self.effective_at, (self.loan_id,))
