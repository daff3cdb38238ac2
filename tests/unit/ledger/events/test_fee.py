"""A fee debits the loan's fees and credits fee income."""

from dataclasses import replace

import pytest

from app.ledger.entry import Line
from app.ledger.events.event import ReadSet
from app.ledger.events.fee import Fee
from app.ledger.refusals import CurrencyMismatch, CurrencyUnknown, EffectiveBeforeOpening, EffectiveDateInFuture, LoanNotFound
from app.refusal import Refusal
from tests.support.events import BORROWER, day, fee, new_id
from tests.unit.ledger.support import LOAN, POSTED_AT, TENANT, UNKNOWN, WITHDRAWN, book_of, context, loan_account, post


def test_the_loan_is_read_with_what_changes_after_the_date() -> None:
    assert fee(LOAN, 5, day(-4)).reads() == ReadSet(day(-3), (LOAN,), ())


def test_it_posts_fees_of_the_loan_against_fee_income() -> None:
    decision = fee(LOAN, 500, day(-4)).decide(book_of(loan_account()), context(3))
    assert decision.entry.lines == [
        Line("1300", "DR", 500, "USD", "SETTLED", LOAN, BORROWER),
        Line("4100", "CR", 500, "USD"),
    ]
    assert (decision.entry.event_type, decision.entry.effective_at) == ("fee_assessed", day(-4))
    assert (decision.entry.description, decision.entry.details) == ("late fee", None)
    assert (decision.opens, decision.accrues) == (None, ())
    assert decision.answer == {"fee_event_id": "event-3", "journal_entry_id": "entry-3", "posted_at": POSTED_AT}


def test_it_is_owed_from_its_date_on() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0])))
    post(book, fee(LOAN, 500, day(-4)))
    assert book.loan(TENANT, LOAN).balances == [100, 0, 500, 0]
    assert book.loan(TENANT, LOAN).lowest_from(day(-5)) == [100, 0, 0, 0]


def test_it_may_lie_on_the_day_of_the_opening() -> None:
    assert fee(LOAN, 5, day(-10)).decide(book_of(loan_account()), context()).entry.effective_at == day(-10)


@pytest.mark.parametrize(
    ("event", "refusal", "field"),
    [
        (fee(new_id(), 5, day(2), "EUR"), EffectiveDateInFuture, "/effective_at"),
        (fee(new_id(), 5, day(-99), "EUR"), LoanNotFound, "loan_id"),
        (fee(LOAN, 5, day(-99), "EUR"), CurrencyMismatch, "/currency"),
        (replace(fee(LOAN, 5, day(-99)), **UNKNOWN), CurrencyUnknown, "/currency"),
        (replace(fee(LOAN, 5), **WITHDRAWN), CurrencyMismatch, "/currency"),
        (fee(LOAN, 5, day(-11)), EffectiveBeforeOpening, "/effective_at"),
    ],
)
def test_the_first_rule_that_is_broken_refuses_it_with_its_field(event: Fee, refusal: type[Refusal], field: str) -> None:
    with pytest.raises(refusal) as refused:
        event.decide(book_of(loan_account()), context())
    assert [(each.field, each.code) for each in refused.value.field_errors] == [(field, refusal.code)]
