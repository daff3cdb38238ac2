"""What the database refuses by itself, whoever asks: changed, unbalanced and incomplete entries, other tenants' rows."""

import sqlite3
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from app.store.columns import column_list, names
from app.store.database_url import sqlite_path
from app.store.open import open_store
from app.store.tables import journal_entries, journal_lines
from tests.support.events import Tenant, disbursement, new_id, payment, running_writer

ENTRY_COLUMNS, LINE_COLUMNS = column_list(names(journal_entries)), column_list(names(journal_lines))
JOURNAL = ["journal_entries", "journal_lines"]
TENANT_TABLES = [
    *JOURNAL,
    "loans",
    "loan_days",
    "account_totals",
    "account_days",
    "idempotency_keys",
]
Refused = (sqlite3.Error, psycopg.Error)


class PlainSql:
    """SQL past the application, as the database's owner or, on PostgreSQL, as the application's role."""

    def __init__(self, database_url: str, engine_name: str) -> None:
        self.is_postgres = engine_name == "postgresql"
        self._connection: Any = (
            psycopg.connect(database_url)
            if self.is_postgres
            else sqlite3.connect(sqlite_path(database_url), isolation_level="IMMEDIATE")
        )
        if not self.is_postgres:
            self._connection.execute("PRAGMA foreign_keys = ON")

    def become_application(self, tenant_ids: list[str]) -> None:
        self._connection.execute("SET ROLE hpts_app")
        self._connection.execute("SELECT set_config('hpts.tenant_ids', %s, false)", ("{" + ",".join(tenant_ids) + "}",))

    def run(self, statement: str, *values: Any) -> list[Any]:
        mark = "%s" if self.is_postgres else "?"
        cursor = self._connection.execute(statement.replace("?", mark), values)
        return list(cursor.fetchall()) if cursor.description else []

    def commit(self) -> None:
        self._connection.commit()

    def close(self) -> None:
        self._connection.rollback()
        self._connection.close()


@pytest.fixture
async def sql(database_url: str, engine_name: str) -> Any:
    """A database with one tenant's disbursement and payment, opened past the application."""
    store = open_store(database_url)
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        loan_id = new_id()
        await tenant.post(disbursement(loan_id))
        await tenant.post(payment(loan_id, 100))
    await store.close()
    plain = PlainSql(database_url, engine_name)
    yield plain
    plain.close()


def insert(sql: PlainSql, table: str, columns: str, row: tuple[Any, ...]) -> None:
    sql.run(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", *row)


def insert_lines(sql: PlainSql, lines: list[tuple[Any, ...]]) -> None:
    """In one statement, as the writer does."""
    rows = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in lines)
    sql.run(f"INSERT INTO journal_lines ({LINE_COLUMNS}) VALUES {rows}", *(value for row in lines for value in row))


def line(tenant_id: str, entry_id: str, sequence: int, direction: str, amount_minor: int) -> tuple[Any, ...]:
    on = date(2026, 3, 1).isoformat()
    return (tenant_id, entry_id, sequence, on, "1000", direction, amount_minor, "USD", "SETTLED", None, None, None)


def entry(tenant_id: str, entry_id: str, line_count: int) -> tuple[Any, ...]:
    posted_at = datetime(2026, 3, 1, tzinfo=UTC).isoformat()
    on = date(2026, 3, 1).isoformat()
    head = (tenant_id, entry_id, new_id(), "manual_adjustment", on, posted_at)
    return (*head, line_count, new_id(), "somebody", None, None, None)


def post(sql: PlainSql, lines: list[tuple[Any, ...]], header: tuple[Any, ...]) -> None:
    """As each engine's writer does it: SQLite seals the lines with the header, PostgreSQL checks lines against it."""
    if sql.is_postgres:
        insert(sql, "journal_entries", ENTRY_COLUMNS, header)
        insert_lines(sql, lines)
    else:
        insert_lines(sql, lines)
        insert(sql, "journal_entries", ENTRY_COLUMNS, header)
    sql.commit()


@pytest.mark.parametrize("table", JOURNAL)
@pytest.mark.parametrize("statement", ["UPDATE {} SET effective_at = '2020-01-01'", "DELETE FROM {}"])
async def test_the_journal_refuses_change(sql: PlainSql, table: str, statement: str) -> None:
    with pytest.raises(Refused, match="append-only"):
        sql.run(statement.format(table))


@pytest.mark.parametrize("table", JOURNAL)
async def test_postgresql_refuses_to_truncate_the_journal(postgresql_url: str, table: str) -> None:
    with psycopg.connect(postgresql_url) as connection, pytest.raises(psycopg.Error, match="append-only"):
        connection.execute(f"TRUNCATE {table}".encode())


async def test_a_balanced_entry_passes(sql: PlainSql) -> None:
    tenant_id, entry_id = new_id(), new_id()
    post(sql, [line(tenant_id, entry_id, 1, "DR", 5), line(tenant_id, entry_id, 2, "CR", 5)], entry(tenant_id, entry_id, 2))
    assert len(sql.run("SELECT 1 FROM journal_lines WHERE journal_entry_id = ?", entry_id)) == 2


async def test_an_unbalanced_entry_is_refused(sql: PlainSql) -> None:
    tenant_id, entry_id = new_id(), new_id()
    with pytest.raises(Refused, match="does not balance"):
        post(sql, [line(tenant_id, entry_id, 1, "DR", 5), line(tenant_id, entry_id, 2, "CR", 4)], entry(tenant_id, entry_id, 2))


async def test_an_entry_with_a_line_missing_is_refused(sql: PlainSql) -> None:
    tenant_id, entry_id = new_id(), new_id()
    with pytest.raises(Refused, match="not whole"):
        post(sql, [line(tenant_id, entry_id, 1, "DR", 5), line(tenant_id, entry_id, 2, "CR", 5)], entry(tenant_id, entry_id, 3))


async def test_a_posted_entry_takes_no_further_lines(sql: PlainSql) -> None:
    [(tenant_id, entry_id)] = sql.run("SELECT tenant_id, journal_entry_id FROM journal_entries LIMIT 1")
    extra = [line(tenant_id, entry_id, 10, "DR", 5), line(tenant_id, entry_id, 11, "CR", 5)]
    with pytest.raises(Refused, match=r"append-only|not whole"):
        insert_lines(sql, extra)


async def test_sqlite_refuses_lines_without_an_entry_at_commit(sqlite_url: str) -> None:
    sql = PlainSql(sqlite_url, "sqlite")
    insert(sql, "journal_lines", LINE_COLUMNS, line(new_id(), new_id(), 1, "DR", 5))
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        sql.commit()
    sql.close()


@pytest.mark.parametrize("amount_minor", [0, -5])
async def test_a_line_amount_must_be_positive(sql: PlainSql, amount_minor: int) -> None:
    tenant_id, entry_id = new_id(), new_id()
    with pytest.raises(Refused, match=r"(?i)check"):
        post(sql, [line(tenant_id, entry_id, 1, "DR", amount_minor)], entry(tenant_id, entry_id, 1))


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_the_application_role_sees_only_the_tenants_it_is_admitted_to(sql: PlainSql, table: str) -> None:
    [(owner,)] = sql.run("SELECT tenant_id FROM tenants")
    sql.become_application([new_id()])
    assert sql.run(f"SELECT 1 FROM {table}") == []
    sql.become_application([])
    assert sql.run(f"SELECT 1 FROM {table}") == []
    sql.become_application([str(owner)])
    assert sql.run(f"SELECT 1 FROM {table}") != []


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_the_application_role_cannot_write_for_another_tenant(sql: PlainSql) -> None:
    sql.become_application([new_id()])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        insert(sql, "journal_entries", ENTRY_COLUMNS, entry(new_id(), new_id(), 0))


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("table", JOURNAL)
@pytest.mark.parametrize("statement", ["UPDATE {} SET effective_at = '2020-01-01'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_application_role_has_no_right_to_change_the_journal(sql: PlainSql, table: str, statement: str) -> None:
    sql.become_application([])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        sql.run(statement.format(table))


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_the_application_role_owns_nothing(sql: PlainSql) -> None:
    assert sql.run("SELECT tablename FROM pg_tables WHERE tableowner = 'hpts_app'") == []
