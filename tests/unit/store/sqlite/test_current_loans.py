"""Current balances by key on SQLite."""

from contextlib import closing
from datetime import datetime, timedelta

import pytest

from app.ledger.balance import CurrentLoan, LoanBalance
from app.store.database_url import sqlite_path
from app.store.open import open_store
from app.store.sqlite.connect import connect_sqlite
from app.store.sqlite.current_loans import sqlite_current_loans
from tests.support.events import TODAY, Tenant, day, disbursement, fee, new_id, noon, payment, running_writer

POSTED_AT = noon() + timedelta(microseconds=120_000)


@pytest.mark.parametrize("posted_at", [noon(), POSTED_AT])
async def test_each_loan_has_its_balance_and_an_unknown_one_none(sqlite_url: str, posted_at: datetime) -> None:
    loan_id, store = new_id(), open_store(sqlite_url)
    async with running_writer(store, lambda: posted_at) as writer:
        tenant, other = Tenant(writer), Tenant(writer)
        await tenant.post(disbursement(loan_id, 1_000, day(-9)))
        await tenant.post(payment(loan_id, 1_300, day(1)))
        await tenant.post(fee(loan_id, 7, day(-2)))
        await other.post(disbursement(loan_id, 5, currency="EUR"))
    keys = [(tenant.tenant_id, loan_id), (other.tenant_id, loan_id), (tenant.tenant_id, new_id())]
    with closing(connect_sqlite(sqlite_path(sqlite_url))) as connection:
        found = sqlite_current_loans(connection, keys)
    await store.close()
    assert found == {
        keys[0]: CurrentLoan(day(1), LoanBalance("USD", 0, 0, 7, 300, posted_at + timedelta(microseconds=2))),
        keys[1]: CurrentLoan(TODAY, LoanBalance("EUR", 5, 0, 0, 0, posted_at)),
        keys[2]: None,
    }
