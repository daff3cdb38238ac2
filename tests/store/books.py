"""What the tests of reconciliation share: a loan to reconcile, and hands that reach behind the application's back."""

import sqlite3
from contextlib import closing

import psycopg

from app.store.database_url import sqlite_path
from tests.support.events import Tenant, accrual, day, disbursement, fee, new_id, payment, reversal


async def eventful_loan(tenant: Tenant) -> str:
    """A loan with every kind of event, back-dated ones too, and one of tomorrow."""
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 100_000, day(-30)))
    await tenant.post(fee(loan_id, 500, day(-20)))
    await tenant.post(accrual(loan_id, 100_000, 700, day(-15)))
    await tenant.post(payment(loan_id, 2_000, day(-10)))
    mistaken = await tenant.post(payment(loan_id, 300, day(-12)))
    await tenant.post(reversal(mistaken["journal_entry_id"], day(-3)))
    await tenant.post(payment(loan_id, 200_000, day(1)))
    return loan_id


class Tamperer:
    """Plain SQL as the database's owner, with the journal's triggers out of the way."""

    def __init__(self, database_url: str, engine_name: str) -> None:
        self._is_postgres = engine_name == "postgresql"
        self._database_url = database_url

    def execute(self, statement: str) -> None:
        if self._is_postgres:
            with psycopg.connect(self._database_url) as server:
                server.execute("SET session_replication_role = replica")
                server.execute(statement)
            return
        with closing(sqlite3.connect(sqlite_path(self._database_url))) as file:
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                file.execute(f"DROP TRIGGER {name}")
            file.execute(statement)
            file.commit()
