"""What another transaction holds delays only the commands that need it; these are answered 503 when it stays held."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any, Final

import psycopg
import pytest

from app.ledger.events.event import Event
from app.limits import STRIPES
from app.posting.refusals import PostingLocked
from app.store.database_url import sqlite_path
from app.store.open import open_store
from tests.support.books import Books
from tests.support.events import Tenant, accrual, day, disbursement, fee, new_id, payment, reversal, running_writer

SOON: Final = 0.5
"""Seconds that a posting of these tests waits for a lock."""
LOCK_LOAN: Final = "SELECT 1 FROM loans WHERE tenant_id = %s AND loan_id = %s FOR UPDATE"
LOCK_ROWS: Final = "SELECT 1 FROM {} WHERE tenant_id = %s FOR UPDATE"
LOCK_TENANT: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 1))"
LOCK_OPENING: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text || %s::text, 2))"


@contextmanager
def held(database_url: str, statement: str, *values: str) -> Iterator[psycopg.Connection]:
    """What the statement locks stays locked inside."""
    with psycopg.connect(database_url) as other:
        other.execute(statement.encode(), values)
        yield other


@asynccontextmanager
async def tenants(database_url: str, **options: Any) -> AsyncIterator[tuple[Tenant, Tenant]]:
    """Two tenants at one writer, so that their commands share batches."""
    store = open_store(database_url)
    try:
        async with running_writer(store, **options) as writer:
            yield Tenant(writer), Tenant(writer)
    finally:
        await store.close()


async def open_loans(tenant: Tenant, count: int) -> list[str]:
    loan_ids = [new_id() for _ in range(count)]
    await asyncio.gather(*(tenant.post(disbursement(loan_id, 1_000, day(-9))) for loan_id in loan_ids))
    return loan_ids


async def test_a_locked_loan_delays_its_own_commands_only(postgresql_url: str) -> None:
    async with tenants(postgresql_url) as (tenant, other):
        locked, free, _ = await open_loans(tenant, 3)
        [others] = await open_loans(other, 1)
        paid = await tenant.post(payment(locked, 5))
        with held(postgresql_url, LOCK_LOAN, tenant.tenant_id, locked):
            events: list[Event] = [payment(locked, 1), reversal(paid["journal_entry_id"]), fee(locked, 1)]
            waiting = [asyncio.create_task(tenant.post(event)) for event in events]
            for _ in range(5):
                await asyncio.gather(tenant.post(payment(free, 1)), other.post(payment(others, 1)))
            assert not any(task.done() for task in waiting)
        assert all("journal_entry_id" in answer for answer in await asyncio.gather(*waiting))


async def test_an_accrual_waits_for_its_locked_loan_and_holds_up_none_of_its_others(postgresql_url: str) -> None:
    async with tenants(postgresql_url) as (tenant, _):
        locked, *free = await open_loans(tenant, 3)
        batch = accrual(locked, 1_000, 7)
        batch = type(batch)(batch.program_id, batch.accrual_date, "ACT_365", [*batch.loans, *accrual(free[0], 1_000, 7).loans])
        with held(postgresql_url, LOCK_LOAN, tenant.tenant_id, locked):
            waiting = asyncio.create_task(tenant.post(batch))
            for _ in range(3):
                await tenant.post(fee(free[0], 1))
            assert not waiting.done()
        assert (await waiting)["loan_count"] == 2


async def test_a_loan_that_stays_locked_is_answered_and_its_key_posts_once_it_is_free(postgresql_url: str) -> None:
    async with tenants(postgresql_url, locked_seconds=SOON) as (tenant, _):
        [locked] = await open_loans(tenant, 1)
        with held(postgresql_url, LOCK_LOAN, tenant.tenant_id, locked), Books(postgresql_url) as books:
            before = books.count("journal_entries", tenant.tenant_id)
            with pytest.raises(PostingLocked):
                await tenant.post(payment(locked, 1), "payment:1")
            assert books.count("journal_entries", tenant.tenant_id) == before
        assert await tenant.post(payment(locked, 1), "payment:1")


ALL_STRIPES: Final = {
    "account_totals": "tenant_id, account_code, currency, layer",
    "account_days": "tenant_id, account_code, currency, layer, effective_at",
}
"""The tables of the rows that a tenant's postings share, with their keys but for the stripe."""


def fill_stripes(database_url: str, table: str) -> None:
    key = ALL_STRIPES[table]
    with Books(database_url) as books:
        books.run(
            f"INSERT INTO {table} ({key}, stripe, dr_minor, cr_minor) SELECT DISTINCT {key}, stripes, 0, 0 "
            f"FROM {table}, generate_series(0, {STRIPES - 1}) AS stripes ON CONFLICT DO NOTHING"
        )


@pytest.mark.parametrize("table", ALL_STRIPES)
async def test_a_locked_row_of_one_stripe_is_passed_over(postgresql_url: str, table: str) -> None:
    async with tenants(postgresql_url) as (tenant, _):
        [loan_id] = await open_loans(tenant, 1)
        await tenant.post(payment(loan_id, 1))
        with held(postgresql_url, LOCK_ROWS.format(table), tenant.tenant_id):
            assert await tenant.post(payment(loan_id, 1))


@pytest.mark.parametrize("table", ALL_STRIPES)
async def test_locked_rows_that_a_tenant_s_postings_share_delay_that_tenant_only(postgresql_url: str, table: str) -> None:
    async with tenants(postgresql_url, locked_seconds=SOON) as (tenant, other):
        [loan_id], [others] = await open_loans(tenant, 1), await open_loans(other, 1)
        await asyncio.gather(tenant.post(payment(loan_id, 1)), other.post(payment(others, 1)))
        fill_stripes(postgresql_url, table)
        with held(postgresql_url, LOCK_ROWS.format(table), tenant.tenant_id):
            waiting = asyncio.create_task(tenant.post(payment(loan_id, 1), "payment:1"))
            for _ in range(5):
                await other.post(payment(others, 1))
            with pytest.raises(PostingLocked):
                await waiting
            assert await other.post(payment(others, 1))
        assert await tenant.post(payment(loan_id, 1), "payment:1")


async def test_a_tenant_on_which_another_writer_must_be_alone_delays_no_other(postgresql_url: str) -> None:
    async with tenants(postgresql_url) as (tenant, other):
        with held(postgresql_url, LOCK_TENANT, tenant.tenant_id):
            waiting = asyncio.create_task(tenant.post(disbursement(new_id())))
            for _ in range(5):
                await other.post(disbursement(new_id()))
            assert not waiting.done()
        assert await waiting


async def test_a_loan_that_another_writer_is_opening_delays_no_other(postgresql_url: str) -> None:
    async with tenants(postgresql_url) as (tenant, _):
        loan_id = new_id()
        with held(postgresql_url, LOCK_OPENING, tenant.tenant_id, loan_id):
            waiting = asyncio.create_task(tenant.post(disbursement(loan_id)))
            for _ in range(5):
                await tenant.post(disbursement(new_id()))
            assert not waiting.done()
        assert await waiting


async def test_on_sqlite_a_file_that_another_process_holds_is_answered_and_the_key_posts_later(sqlite_url: str) -> None:
    async with tenants(sqlite_url, locked_seconds=SOON) as (tenant, other):
        [loan_id] = await open_loans(tenant, 1)
        with closing(sqlite3.connect(sqlite_path(sqlite_url), isolation_level=None)) as process:
            process.execute("BEGIN IMMEDIATE")
            posts = [tenant.post(payment(loan_id, 1), "payment:1"), other.post(disbursement(new_id()))]
            answers = await asyncio.gather(*posts, return_exceptions=True)
            assert [type(answer) for answer in answers] == [PostingLocked] * 2
            waiting = asyncio.create_task(other.post(disbursement(new_id())))
            process.execute("ROLLBACK")
        assert await waiting
        assert await tenant.post(payment(loan_id, 1), "payment:1")
