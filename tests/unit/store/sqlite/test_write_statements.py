"""The statements write every column of their tables, and add amounts to the rows that are there."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from app.store.columns import amount_names, column_list, names
from app.store.database_url import sqlite_path
from app.store.rows import CHANGED_LOAN_COLUMNS
from app.store.sqlite import write_statements as write
from app.store.tables import (
    account_days,
    account_totals,
    idempotency_keys,
    journal_entries,
    journal_lines,
    loan_days,
    loans,
    tenants,
)
from tests.support.events import new_id

TENANT, LOAN, ACCRUAL = new_id(), new_id(), new_id()
INSERTS = {
    write.INSERT_TENANTS: tenants,
    write.INSERT_LINES: journal_lines,
    write.INSERT_ENTRIES: journal_entries,
    write.INSERT_KEYS: idempotency_keys,
    write.INSERT_LOANS: loans,
    write.ADD_LOAN_DAYS: loan_days,
    write.ADD_ACCOUNT_TOTALS: account_totals,
    write.ADD_ACCOUNT_DAYS: account_days,
}
LOAN_ROW = (TENANT, LOAN, new_id(), "USD", "2026-03-01", "2026-03-01", "2026-03-01 12:00:00", 1, 2, 3, 4)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(sqlite_path(sqlite_url))) as connection:
        yield connection


def the_row(database: sqlite3.Connection, table: str) -> dict[str, Any]:
    cursor = database.execute(f"SELECT * FROM {table}")
    [row] = cursor.fetchall()
    return dict(zip((column[0] for column in cursor.description), row, strict=True))


@pytest.mark.parametrize("statement", INSERTS, ids=lambda statement: INSERTS[statement].name)
def test_every_column_of_the_table_is_written(statement: str) -> None:
    table = INSERTS[statement]
    columns = names(table)
    assert f"INTO {table.name} ({column_list(columns)}) VALUES" in statement
    assert statement.count("?") == len(columns)


def test_a_tenant_that_is_there_stays(database: sqlite3.Connection) -> None:
    for _ in range(2):
        database.execute(write.INSERT_TENANTS, (TENANT,))
    assert the_row(database, "tenants") == {"tenant_id": TENANT}


def test_a_loan_is_changed_but_for_its_key_borrower_and_currency(database: sqlite3.Connection) -> None:
    database.execute(write.INSERT_LOANS, LOAN_ROW)
    before = the_row(database, "loans")
    changed = {"opened_on": "2026-02-01", "last_effective_on": "2026-04-01", "last_posted_at": "2026-04-01 12:00:00"}
    amounts = dict(zip(amount_names(loans), (5, 6, 7, 8), strict=True))
    values = before | changed | amounts
    database.execute(write.UPDATE_LOANS, [values[name] for name in CHANGED_LOAN_COLUMNS])
    assert the_row(database, "loans") == values


def test_only_the_loan_of_the_key_is_changed(database: sqlite3.Connection) -> None:
    database.execute(write.INSERT_LOANS, LOAN_ROW)
    before = the_row(database, "loans")
    for tenant_id, loan_id in ((TENANT, new_id()), (new_id(), LOAN)):
        row = before | {"tenant_id": tenant_id, "loan_id": loan_id, "fees_minor": 99}
        database.execute(write.UPDATE_LOANS, [row[name] for name in CHANGED_LOAN_COLUMNS])
    assert the_row(database, "loans") == before


def test_a_day_s_changes_are_added_up_and_its_accrual_is_kept_until_a_newer_one(database: sqlite3.Connection) -> None:
    key, newer = (TENANT, LOAN, "2026-03-01"), new_id()
    database.execute(write.ADD_LOAN_DAYS, (*key, "2026-03-01 12:00:00", 1, 2, 3, 4, ACCRUAL))
    database.execute(write.ADD_LOAN_DAYS, (*key, "2026-03-02 12:00:00", 10, -20, 30, 40, None))
    row = the_row(database, "loan_days")
    assert [row[name] for name in amount_names(loan_days)] == [11, -18, 33, 44]
    assert (row["last_posted_at"], row["accrual_entry_id"]) == ("2026-03-02 12:00:00", ACCRUAL)
    database.execute(write.ADD_LOAN_DAYS, (*key, "2026-03-03 12:00:00", 0, 0, 0, 0, newer))
    assert the_row(database, "loan_days")["accrual_entry_id"] == newer


def test_an_account_s_sides_are_added_up(database: sqlite3.Connection) -> None:
    account = (TENANT, "1100", "USD", "SETTLED")
    for _ in range(2):
        database.execute(write.ADD_ACCOUNT_TOTALS, (*account, 0, 5, 7))
        database.execute(write.ADD_ACCOUNT_DAYS, (*account, "2026-03-01", 0, 5, 7))
    for table in ("account_totals", "account_days"):
        row = the_row(database, table)
        assert (row["dr_minor"], row["cr_minor"]) == (10, 14)
