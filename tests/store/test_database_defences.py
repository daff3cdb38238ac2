"""What the database refuses by itself, whoever asks: entries that are changed, replaced, unbalanced or incomplete."""

import sqlite3

import psycopg
import pytest

from tests.support.events import new_id
from tests.support.plain_sql import (
    ENTRY_COLUMNS,
    LINE_COLUMNS,
    PlainSql,
    Refused,
    entry,
    insert,
    insert_lines,
    line,
    marks,
    post,
)

JOURNAL = ["journal_entries", "journal_lines"]


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


REPLACING = {
    "an entry": "INSERT OR REPLACE INTO journal_entries SELECT * FROM journal_entries LIMIT 1",
    "a line": "INSERT OR REPLACE INTO journal_lines SELECT * FROM journal_lines LIMIT 1",
    "a key": "INSERT OR REPLACE INTO idempotency_keys SELECT * FROM idempotency_keys LIMIT 1",
    "a key's answer": "UPDATE idempotency_keys SET response_body = 'other'",
    "an entry by an update": "UPDATE OR REPLACE journal_entries SET journal_entry_id = 'another'",
}


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("name", REPLACING)
async def test_sqlite_replaces_nothing_that_was_posted(sql: PlainSql, name: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|used once"):
        sql.run(REPLACING[name])


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE", "REPLACE"])
async def test_an_entry_is_reversed_once(sql: PlainSql, verb: str) -> None:
    """Also where the second reversal would take the place of the first."""
    [(tenant_id, entry_id)] = sql.run("SELECT tenant_id, journal_entry_id FROM journal_entries LIMIT 1")
    verb = "INSERT" if sql.is_postgres else verb
    statement = f"{verb} INTO journal_entries ({ENTRY_COLUMNS}) VALUES "
    first, second = [(*entry(tenant_id, new_id(), 0)[:9], entry_id, None, None) for _ in range(2)]
    sql.run(statement + marks(first), *first)
    with pytest.raises(Refused, match=r"reversed already|journal_entries_reversal"):
        sql.run(statement + marks(second), *second)
