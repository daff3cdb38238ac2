"""A payment pays fees, then interest, then principal, as far as they are owed from its date on; the rest waits in suspense."""

from typing import Any

import pytest

from app.ledger.entry import Line
from app.ledger.events.event import ReadSet
from app.ledger.events.payment import Payment
from app.ledger.refusals import (
    BorrowerMismatch,
    CurrencyMismatch,
    CurrencyUnknown,
    EffectiveBeforeOpening,
    EffectiveDateInFuture,
    LoanNotFound,
)
from app.refusal import Refusal
from tests.support.events import BORROWER, day, new_id, payment
from tests.unit.ledger.support import (
    LOAN,
    OTHER_TENANT,
    POSTED_AT,
    TENANT,
    UNKNOWN,
    WITHDRAWN,
    book_of,
    context,
    loan_account,
    post,
)


def allocation(fees: int, interest: int, principal: int, suspense: int) -> dict[str, str]:
    return {
        "fees_minor": str(fees),
        "interest_minor": str(interest),
        "principal_minor": str(principal),
        "suspense_minor": str(suspense),
    }


def test_the_loan_is_read_with_what_changes_after_the_date() -> None:
    assert payment(LOAN, 5, day(-4)).reads() == ReadSet(day(-3), (LOAN,), ())


def test_the_published_example() -> None:
    book = book_of(loan_account((-10, [1_000_000, 10_000, 500, 0])))
    decision = payment(LOAN, 88_849, day(-1), external_ref="proc 7").decide(book, context(3))
    assert decision.entry.lines == [
        Line("1050", "DR", 88_849, "USD", "SETTLED", None, None, "proc 7"),
        Line("1300", "CR", 500, "USD", "SETTLED", LOAN, BORROWER, "proc 7"),
        Line("1200", "CR", 10_000, "USD", "SETTLED", LOAN, BORROWER, "proc 7"),
        Line("1100", "CR", 78_349, "USD", "SETTLED", LOAN, BORROWER, "proc 7"),
    ]
    assert decision.answer == {
        "payment_event_id": "event-3",
        "journal_entry_id": "entry-3",
        "allocation": allocation(500, 10_000, 78_349, 0),
        "posted_at": POSTED_AT,
    }


def test_parts_that_are_zero_post_no_line_and_what_is_left_over_waits() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0])))
    entry = post(book, payment(LOAN, 130)).entry
    assert [(line.account_code, line.direction, line.amount_minor) for line in entry.lines] == [
        ("1050", "DR", 130),
        ("1100", "CR", 100),
        ("2100", "CR", 30),
    ]
    assert book.loan(TENANT, LOAN).balances == [0, 0, 0, 30]


def test_a_payment_of_a_loan_that_owes_nothing_waits_completely() -> None:
    book = book_of(loan_account((-10, [0, 0, 0, 5])))
    decision = post(book, payment(LOAN, 40))
    assert decision.answer["allocation"] == allocation(0, 0, 0, 40)
    assert book.loan(TENANT, LOAN).balances == [0, 0, 0, 45]


def test_a_back_dated_payment_pays_what_was_owed_on_its_day_and_still_is() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0]), (-5, [0, 40, 30, 0]), (-3, [-80, 0, -20, 0])))
    assert payment(LOAN, 500, day(-6)).decide(book, context()).answer["allocation"] == allocation(0, 0, 20, 480)
    assert payment(LOAN, 500, day(-4)).decide(book, context()).answer["allocation"] == allocation(10, 40, 20, 430)


def test_a_payment_sees_what_was_owed_at_the_end_of_its_own_day_and_not_before() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0]), (-5, [50, 7, 0, 0]), (-3, [10, 0, 0, 0])))
    assert payment(LOAN, 500, day(-5)).decide(book, context()).answer["allocation"] == allocation(0, 7, 150, 343)


def test_the_entry_keeps_what_the_request_said() -> None:
    book = book_of(loan_account())
    event = Payment(LOAN, BORROWER, 5, "USD", day(0), "wire", "proc 7", {"branch": "north"})
    entry = event.decide(book, context()).entry
    assert (entry.event_type, entry.effective_at, entry.description) == ("payment_received", day(0), None)
    assert entry.details == {"source_method": "wire", "external_ref": "proc 7", "metadata": {"branch": "north"}}
    assert payment(LOAN, 5).decide(book, context()).entry.details == {"source_method": "ach"}


def test_it_may_lie_on_the_day_of_the_opening() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0])))
    assert payment(LOAN, 5, day(-10)).decide(book, context()).entry.effective_at == day(-10)


@pytest.mark.parametrize(
    ("loan_id", "facts", "refusal", "field"),
    [
        (new_id(), {"on": day(2), "borrower_id": new_id()}, EffectiveDateInFuture, "/effective_at"),
        (new_id(), {"on": day(-99), "borrower_id": new_id()}, LoanNotFound, "/loan_id"),
        (LOAN, {"on": day(-99), "borrower_id": new_id(), "currency": "EUR"}, BorrowerMismatch, "/borrower_id"),
        (LOAN, {"on": day(-99), "currency": "EUR"}, CurrencyMismatch, "/currency"),
        (LOAN, {"on": day(-99), **UNKNOWN}, CurrencyUnknown, "/currency"),
        (LOAN, WITHDRAWN, CurrencyMismatch, "/currency"),
        (LOAN, {"on": day(-11)}, EffectiveBeforeOpening, "/effective_at"),
    ],
    ids=["future", "unknown loan", "borrower", "currency", "unknown currency", "withdrawn", "before opening"],
)
def test_the_first_rule_that_is_broken_refuses_it_with_its_field(
    loan_id: str, facts: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        payment(loan_id, 5, **facts).decide(book_of(loan_account()), context())
    assert [(each.field, each.code) for each in refused.value.field_errors] == [(field, refusal.code)]


def test_another_tenants_loan_is_not_found() -> None:
    with pytest.raises(LoanNotFound):
        payment(LOAN, 5).decide(book_of(loan_account()), context(tenant_id=OTHER_TENANT))
