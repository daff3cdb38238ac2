"""A reversal mirrors an entry once, never before the entry's own date, and never below zero."""

import pytest

from app.ledger.book import Book, ReversibleEntry
from app.ledger.entry import Line
from app.ledger.events.event import ReadSet
from app.ledger.events.reversal import Reversal
from app.ledger.refusals import (
    AlreadyReversed,
    EffectiveBeforeEntry,
    EffectiveDateInFuture,
    EntryNotFound,
    NotReversible,
    ReversalBlocked,
)
from app.refusal import Refusal
from tests.support.events import BORROWER, TODAY, day, disbursement, fee, payment, reversal
from tests.unit.ledger.support import (
    LOAN,
    OTHER_LOAN,
    OTHER_TENANT,
    POSTED_AT,
    TENANT,
    TRACE,
    book_of,
    context,
    error,
    loan_account,
    post,
)

FEE_LINES = [Line("1300", "DR", 30, "USD", "SETTLED", LOAN, BORROWER), Line("4100", "CR", 30, "USD")]


def book_with(event_type: str = "fee_assessed", reversed_by: str | None = None, fees_minor: int = 30) -> Book:
    """A loan, and `old` that assessed 30 of fees four days ago, of which some are still owed."""
    old = ReversibleEntry(event_type, day(-4), FEE_LINES, reversed_by)
    return book_of(loan_account((-4, [100, 0, fees_minor, 0])), entries={"old": old})


def refused_by(event: Reversal, book: Book) -> Refusal:
    with pytest.raises(Refusal) as refused:
        event.decide(book, context())
    return refused.value


def test_the_entry_is_read_and_through_it_its_loans_with_what_changes_after_the_date() -> None:
    assert reversal("old", day(-2)).reads() == ReadSet(day(-1), (), ("old",))


def test_it_posts_the_mirror_of_the_entry() -> None:
    decision = reversal("old", day(-2)).decide(book_with(), context(3))
    assert decision.entry.lines == [
        Line("1300", "CR", 30, "USD", "SETTLED", LOAN, BORROWER),
        Line("4100", "DR", 30, "USD"),
    ]
    assert (decision.entry.event_type, decision.entry.effective_at) == ("reversal", day(-2))
    assert decision.entry.reverses_entry_id == "old"
    assert decision.entry.description == "posted in error"
    assert decision.entry.details == {"reason_code": "error_correction"}
    assert (decision.opens, decision.accrues) == (None, ())
    assert decision.answer == {
        "journal_entry_id": "entry-3",
        "reverses_entry_id": "old",
        "posted_at": POSTED_AT,
        "correlation_id": TRACE,
    }


def test_the_entry_keeps_the_metadata_of_the_request() -> None:
    event = Reversal("old", "fraud", "stolen card", day(0), {"ticket": "7"})
    assert event.decide(book_with(), context()).entry.details == {"reason_code": "fraud", "metadata": {"ticket": "7"}}


def test_it_takes_back_what_the_entry_added() -> None:
    book = book_with()
    post(book, reversal("old"))
    assert book.loan(TENANT, LOAN).balances == [100, 0, 0, 0]
    assert book.reversed == {(TENANT, "old"): "entry-1"}


def test_a_payment_is_taken_back_into_every_bucket() -> None:
    book = book_of(loan_account((-10, [100, 20, 3, 0])))
    post(book, payment(LOAN, 200))
    assert book.loan(TENANT, LOAN).balances == [0, 0, 0, 77]
    post(book, reversal("entry-1"), 2)
    assert book.loan(TENANT, LOAN).balances == [100, 20, 3, 0]


def test_a_date_after_tomorrow_is_refused_before_anything_is_looked_up() -> None:
    assert isinstance(refused_by(reversal("none", day(2)), book_with()), EffectiveDateInFuture)


def test_an_unknown_entry_and_another_tenants_are_not_found() -> None:
    assert isinstance(refused_by(reversal("none", day(-99)), book_with()), EntryNotFound)
    with pytest.raises(EntryNotFound):
        reversal("old").decide(book_with(), context(tenant_id=OTHER_TENANT))


def test_a_reversal_is_not_reversible_whatever_else_is_wrong() -> None:
    refusal = refused_by(reversal("old", day(-99)), book_with("reversal", reversed_by="entry-8"))
    assert isinstance(refusal, NotReversible)
    message = "is a reversal itself; post the right entry again instead"
    assert refusal.detail == f"the entry {message}"
    assert refusal.field_errors == error("/reverses_entry_id", "not_reversible", message)


def test_an_entry_is_reversed_once() -> None:
    refusal = refused_by(reversal("old", day(-99)), book_with(reversed_by="entry-8"))
    assert isinstance(refusal, AlreadyReversed)
    assert refusal.detail == "the entry is reversed by entry-8 already"
    assert refusal.field_errors == error("/reverses_entry_id", "already_reversed", "is reversed by entry-8 already")


def test_an_entry_reversed_in_the_same_batch_is_not_reversed_again() -> None:
    book = book_with()
    post(book, fee(LOAN, 30), 5)
    post(book, reversal("old"), 6)
    refusal = refused_by(reversal("old"), book)
    assert isinstance(refusal, AlreadyReversed)
    assert refusal.detail == "the entry is reversed by entry-6 already"
    assert post(book, reversal("entry-5"), 7).entry.reverses_entry_id == "entry-5"


def test_it_may_lie_on_the_entrys_own_date_and_not_before() -> None:
    assert reversal("old", day(-4)).decide(book_with(), context()).entry.effective_at == day(-4)
    refusal = refused_by(reversal("old", day(-5)), book_with(fees_minor=0))
    assert isinstance(refusal, EffectiveBeforeEntry)
    message = f"is before the entry's own date, {day(-4)}"
    assert refusal.detail == f"{day(-5)} {message}"
    assert refusal.field_errors == error("/effective_at", "effective_before_entry", message)


def test_one_that_would_leave_a_balance_below_zero_is_blocked_and_names_the_loans() -> None:
    refusal = refused_by(reversal("old"), book_with(fees_minor=29))
    assert isinstance(refusal, ReversalBlocked)
    assert refusal.detail == "a loan's balance would be below zero"
    assert (refusal.entry_id, refusal.effective_at, refusal.loan_ids, refusal.field_errors) == ("old", TODAY, (LOAN,), ())


def test_one_that_would_leave_a_balance_below_zero_on_a_later_date_only_is_blocked() -> None:
    book = book_of()
    post(book, disbursement(LOAN, 100, day(-9)))
    post(book, disbursement(LOAN, 50, day(-8)), 2)
    post(book, payment(LOAN, 120, day(-5)), 3)
    post(book, disbursement(LOAN, 500, day(-1)), 4)
    assert isinstance(refused_by(reversal("entry-2", day(-6)), book), ReversalBlocked)
    assert post(book, reversal("entry-2", day(-1)), 5).entry.reverses_entry_id == "entry-2"


def test_only_the_loans_that_would_be_below_zero_are_named() -> None:
    lines = [Line("1200", "DR", 5, "USD", "SETTLED", loan_id) for loan_id in (LOAN, OTHER_LOAN)]
    old = ReversibleEntry("accrual", day(-4), [*lines, Line("4000", "CR", 10, "USD")], None)
    paid = loan_account((-4, [0, 5, 0, 0]), (-1, [0, -1, 0, 0]), loan_id=OTHER_LOAN)
    book = book_of(loan_account((-4, [0, 5, 0, 0])), paid, entries={"old": old})
    refusal = refused_by(reversal("old"), book)
    assert isinstance(refusal, ReversalBlocked)
    assert refusal.loan_ids == (OTHER_LOAN,)
