"""What every business event offers to the writer: what must be read for it, and its rule."""

from datetime import date, timedelta
from typing import Final, NamedTuple, Protocol

from app.ledger.book import Book
from app.ledger.decision import Decision, PostingContext

_ONE_DAY: Final = timedelta(days=1)


class ReadSet(NamedTuple):
    """What must be read, and for loans locked, before an event can be decided.

    `loan_ids` are loans that the event names itself; the loans on the lines of the entries in `entry_ids` are read and locked as
    well. For all these loans the changes of every date from `changes_from` on are read.
    """

    changes_from: date
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
        return ReadSet(day_after(self.effective_at), (self.loan_id,))


def day_after(day: date) -> date:
    """The next date; the last one that a calendar has is its own."""
    return day + _ONE_DAY if day < date.max else day
