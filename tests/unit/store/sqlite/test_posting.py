"""A batch on SQLite is one transaction: what it read, what it wrote, and nothing of it where it failed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.ledger.loan import LoanAccount
from app.ledger.refusals import LoanNotFound
from app.store.database_url import sqlite_path
from app.store.sqlite.connect import connect_sqlite, connect_sqlite_writer
from app.store.sqlite.posting import SqlitePostingTransaction
from app.store.transaction import StoredAnswer
from tests.support.events import TODAY, accrual, day, disbursement, new_id, payment, reversal
from tests.unit.store.batches import BatchMaker, ObservedBatch, bodies

TABLES = (
    "tenants",
    "journal_entries",
    "journal_lines",
    "loans",
    "loan_days",
    "account_totals",
    "account_days",
    "idempotency_keys",
)


@pytest.fixture
def posting(sqlite_url: str) -> Iterator[SqlitePostingTransaction]:
    with closing(connect_sqlite_writer(sqlite_path(sqlite_url))) as connection:
        yield SqlitePostingTransaction(connection)


def counts(url: str) -> list[int]:
    with closing(connect_sqlite(sqlite_path(url))) as connection:
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]


def entry_ids(batch: ObservedBatch) -> list[str]:
    return [entry.journal_entry_id for entry in batch.snapshot.book.posted]


def loan_of(batch: ObservedBatch, tenant_id: str, loan_id: str) -> LoanAccount:
    return batch.snapshot.book.loans[tenant_id, loan_id]


def test_a_batch_writes_a_row_for_all_that_it_posted(posting: SqlitePostingTransaction, sqlite_url: str) -> None:
    loan_id, maker = new_id(), BatchMaker()
    batch = maker.batch(disbursement(loan_id, 1_000, day(-1)), payment(loan_id, 30), payment(new_id(), 1))
    posting.post(batch)
    assert isinstance(batch.commands[2].outcome, LoanNotFound)
    assert counts(sqlite_url) == [1, 2, 4, 1, 2, 3, 4, 2]


def test_the_next_batch_reads_what_the_last_one_wrote(posting: SqlitePostingTransaction) -> None:
    loan_id, maker = new_id(), BatchMaker()
    posting.post(maker.batch(disbursement(loan_id, 1_000, day(-1)), payment(loan_id, 30)))
    posting.post(batch := maker.batch(payment(loan_id, 5)))
    loan = loan_of(batch, maker.tenant_id, loan_id)
    assert (loan.is_new, loan.opened_on, loan.balances) == (False, day(-1), [965, 0, 0, 0])
    assert batch.snapshot.book.totals[maker.tenant_id, "1100", "USD", "SETTLED"] == [1_000, 35]


def test_later_days_are_read_for_a_command_that_is_back_dated(posting: SqlitePostingTransaction) -> None:
    loan_id, maker = new_id(), BatchMaker()
    posting.post(maker.batch(disbursement(loan_id, 1_000, day(-9)), payment(loan_id, 30, day(-5)), payment(loan_id, 7, day(-2))))
    posting.post(batch := maker.batch(payment(loan_id, 1, day(-5))))
    assert loan_of(batch, maker.tenant_id, loan_id).days == {day(-5): [-1, 0, 0, 0], day(-2): [-7, 0, 0, 0]}
    posting.post(batch := maker.batch(payment(loan_id, 1, day(-2))))
    assert loan_of(batch, maker.tenant_id, loan_id).days == {day(-2): [-1, 0, 0, 0]}


def test_the_accrual_of_a_day_is_read_unless_it_was_reversed(posting: SqlitePostingTransaction) -> None:
    loan_id, maker = new_id(), BatchMaker()
    posting.post(opened := maker.batch(disbursement(loan_id, 1_000, day(-9)), accrual(loan_id, 1_000, 3, day(-2))))
    accrued = entry_ids(opened)[1]
    posting.post(batch := maker.batch(payment(loan_id, 1, day(-5))))
    assert loan_of(batch, maker.tenant_id, loan_id).accruals == {day(-2): accrued}
    posting.post(maker.batch(reversal(accrued)))
    posting.post(batch := maker.batch(payment(loan_id, 1, day(-5))))
    assert loan_of(batch, maker.tenant_id, loan_id).accruals == {}


def test_an_entry_to_reverse_is_read_with_its_lines_and_what_reverses_it(posting: SqlitePostingTransaction) -> None:
    loan_id, maker = new_id(), BatchMaker()
    posting.post(opened := maker.batch(disbursement(loan_id), payment(loan_id, 30, external_ref="wire-7")))
    paid = opened.snapshot.book.posted[1]
    posting.post(undone := maker.batch(reversal(paid.journal_entry_id)))
    read = undone.snapshot.book.entries[maker.tenant_id, paid.journal_entry_id]
    assert (read.event_type, read.effective_at, read.reversed_by) == ("payment_received", TODAY, None)
    assert read.lines == list(paid.lines)
    posting.post(again := maker.batch(reversal(paid.journal_entry_id)))
    assert again.snapshot.book.entries[maker.tenant_id, paid.journal_entry_id].reversed_by == entry_ids(undone)[0]


def test_a_key_comes_with_the_answer_it_has(posting: SqlitePostingTransaction, sqlite_url: str) -> None:
    maker, event = BatchMaker(), disbursement(new_id())
    posting.post(first := maker.batch(event, keys=("loan-7",)))
    posting.post(again := maker.batch(event, keys=("loan-7",)))
    assert again.snapshot.answers == {(maker.tenant_id, "loan-7"): StoredAnswer(repr(event).encode(), bodies(first)[0])}
    assert bodies(again) == bodies(first)
    assert counts(sqlite_url)[1] == 1


def test_a_batch_that_fails_writes_nothing_and_the_next_one_posts(posting: SqlitePostingTransaction, sqlite_url: str) -> None:
    maker = BatchMaker()
    with pytest.raises(ZeroDivisionError):
        posting.post(maker.failing(disbursement(new_id())))
    assert counts(sqlite_url) == [0] * len(TABLES)
    posting.post(maker.batch(disbursement(new_id())))
    assert counts(sqlite_url)[1] == 1


def test_a_batch_that_the_database_refuses_writes_nothing(posting: SqlitePostingTransaction, sqlite_url: str) -> None:
    """The schema knows a currency by its three letters; rows of other tables are in by then."""
    maker = BatchMaker()
    batch = maker.batch(disbursement(new_id(), currency="dollars"))
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        posting.post(batch)
    assert counts(sqlite_url) == [0] * len(TABLES)


def test_a_batch_of_refusals_leaves_no_tenant_behind(posting: SqlitePostingTransaction, sqlite_url: str) -> None:
    posting.post(BatchMaker().batch(payment(new_id(), 1)))
    assert counts(sqlite_url) == [0] * len(TABLES)
