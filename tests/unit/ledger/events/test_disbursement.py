"""A disbursement debits principal and credits the clearing account; the first one opens the loan."""

from typing import Any

import pytest

from app.ledger.entry import Line
from app.ledger.events.disbursement import Disbursement
from app.ledger.events.event import ReadSet
from app.ledger.refusals import BorrowerMismatch, CurrencyMismatch, CurrencyUnknown, EffectiveDateInFuture
from app.refusal import Refusal
from tests.support.events import BORROWER, day, disbursement, new_id
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


def test_the_loan_is_read_with_what_changes_after_the_date() -> None:
    assert disbursement(LOAN, on=day(-4)).reads() == ReadSet(day(-3), (LOAN,), ())


def test_it_posts_principal_of_the_loan_against_the_clearing_account() -> None:
    decision = disbursement(LOAN, 250_000, day(-4), destination_ref="acct 9").decide(book_of(), context())
    assert decision.entry.lines == [
        Line("1100", "DR", 250_000, "USD", "SETTLED", LOAN, BORROWER, "acct 9"),
        Line("2000", "CR", 250_000, "USD", "SETTLED", None, None, "acct 9"),
    ]
    assert (decision.entry.event_type, decision.entry.effective_at) == ("disbursement", day(-4))
    assert decision.accrues == ()


def test_the_answer_names_event_and_entry() -> None:
    assert disbursement(LOAN).decide(book_of(), context(7)).answer == {
        "disbursement_event_id": "event-7",
        "journal_entry_id": "entry-7",
        "posted_at": POSTED_AT,
    }


def test_the_entry_keeps_what_the_request_said() -> None:
    event = Disbursement(LOAN, BORROWER, 5, "USD", day(0), "wire", "acct 9", {"branch": "north"})
    details = event.decide(book_of(), context()).entry.details
    assert details == {"method": "wire", "destination_ref": "acct 9", "metadata": {"branch": "north"}}
    assert disbursement(LOAN).decide(book_of(), context()).entry.details == {"method": "ach"}


def test_the_first_one_opens_the_loan_for_its_borrower_and_currency() -> None:
    borrower_id = new_id()
    event = disbursement(LOAN, 900, day(-4), borrower_id=borrower_id, currency="EUR")
    opened = event.decide(book_of(), context()).opens
    assert opened is not None
    assert (opened.tenant_id, opened.loan_id, opened.borrower_id, opened.currency) == (TENANT, LOAN, borrower_id, "EUR")
    assert (opened.opened_on, opened.last_effective_on, opened.is_new) == (day(-4), day(-4), True)
    assert opened.balances == [0, 0, 0, 0]


def test_deciding_changes_nothing_and_posting_opens_the_loan() -> None:
    book = book_of()
    disbursement(LOAN, 900).decide(book, context())
    assert book.loans == {}
    post(book, disbursement(LOAN, 900))
    assert book.loan(TENANT, LOAN).balances == [900, 0, 0, 0]


def test_a_later_one_adds_principal_to_the_same_loan() -> None:
    book = book_of()
    post(book, disbursement(LOAN, 900))
    assert post(book, disbursement(LOAN, 100), 2).opens is None
    assert book.loan(TENANT, LOAN).balances == [1_000, 0, 0, 0]


def test_another_tenants_loan_of_the_same_id_is_another_loan() -> None:
    book = book_of(loan_account(tenant_id=OTHER_TENANT, currency="EUR"))
    assert post(book, disbursement(LOAN, 900)).opens is not None


def test_one_before_the_first_opens_the_loan_earlier() -> None:
    book = book_of(loan_account((-10, [100, 0, 0, 0])))
    post(book, disbursement(LOAN, 5, day(-30)))
    assert book.loan(TENANT, LOAN).opened_on == day(-30)


@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (disbursement(LOAN, on=day(2), borrower_id=new_id()), EffectiveDateInFuture),
        (disbursement(LOAN, borrower_id=new_id(), currency="EUR"), BorrowerMismatch),
        (disbursement(LOAN, borrower_id=new_id(), **UNKNOWN), BorrowerMismatch),
        (disbursement(LOAN, **UNKNOWN), CurrencyUnknown),
        (disbursement(LOAN, currency="EUR"), CurrencyMismatch),
        (disbursement(LOAN, **WITHDRAWN), CurrencyMismatch),
        (disbursement(new_id(), on=day(2), **UNKNOWN), EffectiveDateInFuture),
        (disbursement(new_id(), **UNKNOWN), CurrencyUnknown),
        (disbursement(new_id(), **WITHDRAWN), CurrencyUnknown),
    ],
)
def test_the_first_rule_that_is_broken_refuses_it(event: Disbursement, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        event.decide(book_of(loan_account()), context())


@pytest.mark.parametrize("currency", [WITHDRAWN, UNKNOWN], ids=["withdrawn", "never one"])
def test_a_loan_that_has_the_currency_keeps_it(currency: dict[str, Any]) -> None:
    loan = loan_account(currency=currency["currency"])
    disbursement(LOAN, **currency).decide(book_of(loan), context())
