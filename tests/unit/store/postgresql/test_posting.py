"""A batch on PostgreSQL is one transaction: what it read and locked, what it wrote, and nothing of it where it failed."""

from typing import Any

import asyncpg
import pytest

from app.ledger.loan import LoanAccount
from app.ledger.refusals import LoanNotFound
from app.limits import AMOUNT_MINOR_MAX, STRIPES
from app.posting.refusals import IdempotencyInProgress
from app.store.postgresql.posting import PostgresPostingTransaction
from app.store.transaction import Snapshot, StoredAnswer, Writes
from tests.support.events import TODAY, accrual, day, disbursement, new_id, payment, reversal
from tests.unit.store.batches import MADE_BY, BatchMaker, ObservedBatch, bodies

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
def posting(connection: Any) -> PostgresPostingTransaction:
    return PostgresPostingTransaction(connection)


async def counts(owner: Any, tenant_id: str) -> list[int]:
    return [await owner.fetchval(f"SELECT count(*) FROM {table} WHERE tenant_id = $1", tenant_id) for table in TABLES]


def entry_ids(batch: ObservedBatch) -> list[str]:
    return [entry.journal_entry_id for entry in batch.snapshot.book.posted]


def loan_of(batch: ObservedBatch, tenant_id: str, loan_id: str) -> LoanAccount:
    return batch.snapshot.book.loans[tenant_id, loan_id]


async def test_a_batch_writes_a_row_for_all_that_it_posted(posting: PostgresPostingTransaction, owner: Any) -> None:
    loan_id, maker = new_id(), BatchMaker()
    batch = maker.batch(disbursement(loan_id, 1_000, day(-1)), payment(loan_id, 30), payment(new_id(), 1))
    await posting.post(batch)
    assert isinstance(batch.commands[2].outcome, LoanNotFound)
    assert await counts(owner, maker.tenant_id) == [1, 2, 4, 1, 2, 3, 4, 2]


async def test_the_next_batch_reads_what_the_last_one_wrote(posting: PostgresPostingTransaction) -> None:
    loan_id, maker = new_id(), BatchMaker()
    await posting.post(maker.batch(disbursement(loan_id, 1_000, day(-1)), payment(loan_id, 30)))
    await posting.post(batch := maker.batch(payment(loan_id, 5)))
    loan = loan_of(batch, maker.tenant_id, loan_id)
    assert (loan.is_new, loan.opened_on, loan.balances) == (False, day(-1), [965, 0, 0, 0])
    assert batch.snapshot.book.totals[maker.tenant_id, "1100", "USD", "SETTLED"] == [1_000, 35]


async def test_later_days_are_read_for_a_command_that_is_back_dated(posting: PostgresPostingTransaction) -> None:
    loan_id, maker = new_id(), BatchMaker()
    opened = maker.batch(disbursement(loan_id, 1_000, day(-9)), payment(loan_id, 30, day(-5)), payment(loan_id, 7, day(-2)))
    await posting.post(opened)
    await posting.post(batch := maker.batch(payment(loan_id, 1, day(-5))))
    assert loan_of(batch, maker.tenant_id, loan_id).days == {day(-5): [-1, 0, 0, 0], day(-2): [-7, 0, 0, 0]}
    await posting.post(batch := maker.batch(payment(loan_id, 1, day(-2))))
    assert loan_of(batch, maker.tenant_id, loan_id).days == {day(-2): [-1, 0, 0, 0]}


async def test_the_accrual_of_a_day_is_read_unless_it_was_reversed(posting: PostgresPostingTransaction) -> None:
    loan_id, maker = new_id(), BatchMaker()
    await posting.post(opened := maker.batch(disbursement(loan_id, 1_000, day(-9)), accrual(loan_id, 1_000, 3, day(-2))))
    accrued = entry_ids(opened)[1]
    await posting.post(batch := maker.batch(payment(loan_id, 1, day(-5))))
    assert loan_of(batch, maker.tenant_id, loan_id).accruals == {day(-2): accrued}
    await posting.post(maker.batch(reversal(accrued)))
    await posting.post(batch := maker.batch(payment(loan_id, 1, day(-5))))
    assert loan_of(batch, maker.tenant_id, loan_id).accruals == {}


async def test_an_entry_to_reverse_is_read_with_its_lines_and_what_reverses_it(posting: PostgresPostingTransaction) -> None:
    loan_id, maker = new_id(), BatchMaker()
    await posting.post(opened := maker.batch(disbursement(loan_id), payment(loan_id, 30, external_ref="wire-7")))
    paid = opened.snapshot.book.posted[1]
    await posting.post(undone := maker.batch(reversal(paid.journal_entry_id)))
    read = undone.snapshot.book.entries[maker.tenant_id, paid.journal_entry_id]
    assert (read.event_type, read.effective_at, read.reversed_by) == ("payment_received", TODAY, None)
    assert read.lines == list(paid.lines)
    await posting.post(again := maker.batch(reversal(paid.journal_entry_id)))
    assert again.snapshot.book.entries[maker.tenant_id, paid.journal_entry_id].reversed_by == entry_ids(undone)[0]


async def test_a_key_comes_with_the_answer_it_has(posting: PostgresPostingTransaction, owner: Any) -> None:
    maker, event = BatchMaker(), disbursement(new_id())
    await posting.post(first := maker.batch(event, keys=("loan-7",)))
    await posting.post(again := maker.batch(event, keys=("loan-7",)))
    assert again.snapshot.answers == {(maker.tenant_id, "loan-7"): StoredAnswer(repr(event).encode(), bodies(first)[0])}
    assert bodies(again) == bodies(first)
    assert (await counts(owner, maker.tenant_id))[1] == 1


async def test_a_key_that_another_writer_is_posting_is_in_flight(posting: PostgresPostingTransaction, owner: Any) -> None:
    maker = BatchMaker()
    batch = maker.batch(disbursement(new_id()), disbursement(new_id()), keys=("loan-7", "loan-8"))
    lock = "SELECT pg_advisory_xact_lock(hashtextextended($1::text || $2::text, 0))"
    async with owner.transaction():
        await owner.execute(lock, maker.tenant_id, "loan-7")
        await posting.post(batch)
    assert batch.snapshot.in_flight == {(maker.tenant_id, "loan-7")}
    assert isinstance(batch.commands[0].outcome, IdempotencyInProgress)
    assert (await counts(owner, maker.tenant_id))[1] == 1


async def test_totals_are_written_on_the_stripe_of_the_connection(
    posting: PostgresPostingTransaction, connection: Any, owner: Any
) -> None:
    maker = BatchMaker()
    await posting.post(maker.batch(disbursement(new_id())))
    for table in ("account_totals", "account_days"):
        stripes = await owner.fetch(f"SELECT DISTINCT stripe FROM {table} WHERE tenant_id = $1", maker.tenant_id)
        assert [stripe for (stripe,) in stripes] == [connection.get_server_pid() % STRIPES]


class CountedBatch(ObservedBatch):
    """Counts how often it is decided."""

    decisions = 0

    def decide(self, snapshot: Snapshot) -> Writes | None:
        self.decisions += 1
        return super().decide(snapshot)


async def test_a_batch_near_the_largest_amount_is_decided_again_with_no_other_writer(posting: PostgresPostingTransaction) -> None:
    maker = BatchMaker()
    for amount_minor, decisions in ((1_000, 1), (AMOUNT_MINOR_MAX // 2, 2)):
        batch = CountedBatch(maker.commands(disbursement(new_id(), amount_minor)), *MADE_BY)
        await posting.post(batch)
        assert batch.decisions == decisions
        assert len(bodies(batch)) == 1


async def test_a_batch_that_fails_writes_nothing_and_the_next_one_posts(posting: PostgresPostingTransaction, owner: Any) -> None:
    maker = BatchMaker()
    with pytest.raises(ZeroDivisionError):
        await posting.post(maker.failing(disbursement(new_id())))
    assert await counts(owner, maker.tenant_id) == [0] * len(TABLES)
    await posting.post(maker.batch(disbursement(new_id())))
    assert (await counts(owner, maker.tenant_id))[1] == 1


async def test_a_batch_that_the_database_refuses_writes_nothing(posting: PostgresPostingTransaction, owner: Any) -> None:
    """The schema knows a currency by its three letters."""
    maker = BatchMaker()
    with pytest.raises(asyncpg.CheckViolationError):
        await posting.post(maker.batch(disbursement(new_id(), currency="dollars")))
    assert await counts(owner, maker.tenant_id) == [0] * len(TABLES)


async def test_a_batch_of_refusals_leaves_no_tenant_behind(posting: PostgresPostingTransaction, owner: Any) -> None:
    maker = BatchMaker()
    await posting.post(maker.batch(payment(new_id(), 1)))
    assert await counts(owner, maker.tenant_id) == [0] * len(TABLES)
