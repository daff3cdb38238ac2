"""A decided batch is rows in the order of each table's columns."""

from datetime import datetime
from inspect import signature
from typing import Any

from sqlalchemy import Table

from app.clock import timestamp
from app.ids import uuid7
from app.ledger.book import Book
from app.ledger.decision import PostingContext
from app.ledger.events.event import Event
from app.ledger.loan import LoanAccount
from app.store import columns, rows
from app.store.tables import (
    account_days,
    account_totals,
    idempotency_keys,
    journal_entries,
    journal_lines,
    loan_days,
    loans,
)
from app.store.transaction import IdempotencyRecord
from tests.support.events import BORROWER, TODAY, accrual, day, disbursement, fee, noon, payment

TENANT = "a0000000-0000-4000-8000-000000000001"
NEW_LOAN, OLD_LOAN, UNTOUCHED_LOAN = (f"10000000-0000-4000-8000-00000000000{number}" for number in (3, 1, 2))
POSTED_AT = "the moment of posting"
MOMENTS = rows.StoredMoments(lambda _moment: POSTED_AT)


def posted(*events: Event) -> Book:
    """The events on a book with two loans, each of 1000 opened nine days ago."""
    opened = [
        LoanAccount(TENANT, loan_id, BORROWER, "USD", day(-9), day(-9), [1_000, 0, 0, 0])
        for loan_id in (OLD_LOAN, UNTOUCHED_LOAN)
    ]
    book = Book({(TENANT, loan.loan_id): loan for loan in opened}, {}, {})
    now = noon()
    for event in events:
        context = PostingContext(TENANT, "tester", uuid7(now), now, timestamp(now), uuid7(now), uuid7(now), "key-00001")
        book.post(event.decide(book, context))
    return book


def named(table: Table, row: rows.Row) -> dict[str, Any]:
    return dict(zip(columns.names(table), row, strict=True))


def test_a_moment_is_converted_once_however_many_rows_have_it() -> None:
    converted: list[datetime] = []
    moments = rows.StoredMoments(lambda moment: converted.append(moment) or str(moment))  # type: ignore[func-returns-value]
    assert [moments[noon()], moments[noon()]] == ["2026-03-31 12:00:00+00:00"] * 2
    assert converted == [noon()]


def test_an_entry_is_a_row_with_the_number_of_its_lines_and_its_details_as_json() -> None:
    book = posted(payment(OLD_LOAN, 30, external_ref="wire-7", metadata={"channel": "é"}), fee(OLD_LOAN, 5))
    paid, assessed = (named(journal_entries, row) for row in rows.entry_rows(book, MOMENTS))
    entry = book.posted[0]
    assert paid == {
        "tenant_id": TENANT,
        "journal_entry_id": entry.journal_entry_id,
        "event_id": entry.event_id,
        "event_type": "payment_received",
        "effective_at": TODAY,
        "posted_at": POSTED_AT,
        "line_count": 2,
        "correlation_id": entry.correlation_id,
        "actor": "tester",
        "reverses_entry_id": None,
        "description": None,
        "details": '{"source_method":"ach","external_ref":"wire-7","metadata":{"channel":"é"}}',
        "idempotency_key": "key-00001",
    }
    assert (assessed["description"], assessed["details"]) == ("late fee", None)


def test_lines_are_numbered_from_one_in_each_entry_and_carry_its_date() -> None:
    book = posted(payment(OLD_LOAN, 30, day(-2)), fee(OLD_LOAN, 5))
    found = [named(journal_lines, row) for row in rows.line_rows(book)]
    assert [(line["journal_entry_id"], line["sequence"], line["effective_at"]) for line in found] == [
        (book.posted[number].journal_entry_id, sequence, on) for number, on in ((0, day(-2)), (1, TODAY)) for sequence in (1, 2)
    ]
    assert found[1] == {
        "tenant_id": TENANT,
        "journal_entry_id": book.posted[0].journal_entry_id,
        "sequence": 2,
        "effective_at": day(-2),
        "account_code": "1100",
        "direction": "CR",
        "amount_minor": 30,
        "currency": "USD",
        "layer": "SETTLED",
        "loan_id": OLD_LOAN,
        "borrower_id": BORROWER,
        "external_ref": None,
    }


def test_only_loans_that_changed_are_written_in_the_order_of_their_keys() -> None:
    book = posted(disbursement(NEW_LOAN), payment(OLD_LOAN, 30))
    assert [loan.loan_id for loan in rows.written_loans(book)] == [OLD_LOAN, NEW_LOAN]


def test_a_loan_that_the_batch_opens_is_a_new_row_and_any_other_a_changed_one() -> None:
    written = rows.written_loans(posted(disbursement(NEW_LOAN, 500, day(-3)), fee(NEW_LOAN, 7), payment(OLD_LOAN, 30)))
    [opened] = (named(loans, row) for row in rows.opened_loan_rows(written, MOMENTS))
    assert opened == {
        "tenant_id": TENANT,
        "loan_id": NEW_LOAN,
        "borrower_id": BORROWER,
        "currency": "USD",
        "opened_on": day(-3),
        "last_effective_on": TODAY,
        "last_posted_at": POSTED_AT,
        "principal_minor": 500,
        "interest_minor": 0,
        "fees_minor": 7,
        "suspense_minor": 0,
    }
    [row] = rows.changed_loan_rows(written, MOMENTS)
    assert dict(zip(rows.CHANGED_LOAN_COLUMNS, row, strict=True)) == {
        "opened_on": day(-9),
        "last_effective_on": TODAY,
        "last_posted_at": POSTED_AT,
        "principal_minor": 970,
        "interest_minor": 0,
        "fees_minor": 0,
        "suspense_minor": 0,
        "tenant_id": TENANT,
        "loan_id": OLD_LOAN,
    }


def test_a_loan_is_read_in_the_order_of_its_arguments() -> None:
    arguments = list(signature(LoanAccount).parameters)
    assert (*arguments[: arguments.index("balances")], *columns.amount_names(loans)) == rows.READ_LOAN_COLUMNS


def test_a_day_has_the_net_changes_of_its_postings_and_the_entry_that_accrued_it() -> None:
    book = posted(
        accrual(OLD_LOAN, 1_000, 9, day(-1)), payment(OLD_LOAN, 30), fee(OLD_LOAN, 7, TODAY), payment(OLD_LOAN, 5, day(-1))
    )
    found = [named(loan_days, row) for row in rows.loan_day_rows(rows.written_loans(book), MOMENTS)]
    assert [day_["effective_at"] for day_ in found] == [day(-1), TODAY]
    assert [day_["accrual_entry_id"] for day_ in found] == [book.posted[0].journal_entry_id, None]
    changes = [tuple(day_[name] for name in columns.amount_names(loan_days)) for day_ in found]
    assert changes == [(-5, 9, 0, 0), (-21, -9, 7, 0)]


def test_the_days_of_a_loan_are_in_their_order_whichever_was_posted_first() -> None:
    book = posted(payment(OLD_LOAN, 30), payment(OLD_LOAN, 5, day(-4)), fee(OLD_LOAN, 7, day(-2)))
    found = [named(loan_days, row) for row in rows.loan_day_rows(rows.written_loans(book), MOMENTS)]
    assert [each["effective_at"] for each in found] == [day(-4), day(-2), TODAY]


def test_a_day_that_was_accrued_without_interest_is_a_row_of_zeros() -> None:
    book = posted(accrual(OLD_LOAN, 1_000, 0, day(-1)))
    [found] = (named(loan_days, row) for row in rows.loan_day_rows(rows.written_loans(book), MOMENTS))
    assert [found[name] for name in columns.amount_names(loan_days)] == [0, 0, 0, 0]
    assert found["accrual_entry_id"] == book.posted[0].journal_entry_id


def test_accounts_have_a_row_a_date_and_a_total_over_the_dates_of_the_batch() -> None:
    book = posted(payment(OLD_LOAN, 30, day(-1)), payment(OLD_LOAN, 12))
    days = [named(account_days, row) for row in rows.account_day_rows(book, 7)]
    assert [(each["account_code"], each["effective_at"], each["dr_minor"], each["cr_minor"]) for each in days] == [
        ("1050", day(-1), 30, 0),
        ("1050", TODAY, 12, 0),
        ("1100", day(-1), 0, 30),
        ("1100", TODAY, 0, 12),
    ]
    totals = [named(account_totals, row) for row in rows.account_total_rows(book, 7)]
    assert [(each["account_code"], each["dr_minor"], each["cr_minor"]) for each in totals] == [("1050", 42, 0), ("1100", 0, 42)]
    assert {each["stripe"] for each in (*days, *totals)} == {7}
    assert {(each["tenant_id"], each["currency"], each["layer"]) for each in (*days, *totals)} == {(TENANT, "USD", "SETTLED")}


def test_a_key_is_kept_with_its_answer() -> None:
    [row] = rows.key_rows([IdempotencyRecord(TENANT, "payment:1", b"hash", b"{}", noon())], MOMENTS)
    assert named(idempotency_keys, row) == {
        "tenant_id": TENANT,
        "key": "payment:1",
        "request_hash": b"hash",
        "response_body": b"{}",
        "created_at": POSTED_AT,
    }
