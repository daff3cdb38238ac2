"""A book in memory: one tenant's loans and entries, and the context in which the next event is posted."""

from datetime import date
from typing import Any, Final

from app.ledger.book import Book, ReversibleEntry
from app.ledger.currency import CurrencyStanding
from app.ledger.decision import Decision, PostingContext
from app.ledger.entry import Entry, Line
from app.ledger.events.event import Event
from app.ledger.loan import Changes, LoanAccount, no_change
from app.refusal import FieldError
from tests.support.events import BORROWER, day, noon

TENANT: Final = "a0000000-0000-4000-8000-000000000001"
OTHER_TENANT: Final = "a0000000-0000-4000-8000-000000000002"
LOAN: Final = "10000000-0000-4000-8000-000000000001"
OTHER_LOAN: Final = "10000000-0000-4000-8000-000000000002"
TRACE: Final = "c0000000-0000-4000-8000-000000000001"
POSTED_AT: Final = "2026-03-31T12:00:00.000000Z"
UNKNOWN: Final[dict[str, Any]] = {"currency": "ZZZ", "currency_standing": CurrencyStanding.UNKNOWN}
WITHDRAWN: Final[dict[str, Any]] = {"currency": "DEM", "currency_standing": CurrencyStanding.WITHDRAWN}


def context(number: int = 1, tenant_id: str = TENANT) -> PostingContext:
    """The ids given are `entry-N` and `event-N`, the key is `key-N`."""
    return PostingContext(tenant_id, "teller", TRACE, noon(), POSTED_AT, f"entry-{number}", f"event-{number}", f"key-{number}")


def loan_account(*days: tuple[int, Changes], loan_id: str = LOAN, tenant_id: str = TENANT, currency: str = "USD") -> LoanAccount:
    """A loan opened ten days ago, with these changes, each so many days from today."""
    loan = LoanAccount(tenant_id, loan_id, BORROWER, currency, day(-10), day(-10), no_change())
    for offset, changes in days:
        loan.apply(day(offset), changes, noon())
    loan.written, loan.posted_at = {}, {}
    return loan


def book_of(*loans: LoanAccount, entries: dict[str, ReversibleEntry] | None = None) -> Book:
    """`entries` are the tenant's, by their ids."""
    recorded = {(TENANT, entry_id): entry for entry_id, entry in (entries or {}).items()}
    return Book({(loan.tenant_id, loan.loan_id): loan for loan in loans}, {}, recorded)


def entry_of(lines: list[Line], on: date, number: int = 1) -> Entry:
    """A fee's entry with any lines."""
    return context(number).entry("fee_assessed", on, lines, {})


def post(book: Book, event: Event, number: int = 1) -> Decision:
    """Decides the event and posts it; its entry may be reversed from then on."""
    decision = event.decide(book, context(number))
    book.post(decision)
    entry = decision.entry
    recorded = ReversibleEntry(entry.event_type, entry.effective_at, list(entry.lines), None)
    book.entries[TENANT, entry.journal_entry_id] = recorded
    return decision


def error(field: str, code: str, message: str) -> tuple[FieldError]:
    return (FieldError(field, code, message),)
