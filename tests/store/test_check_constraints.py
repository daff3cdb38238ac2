"""The CHECK constraints of the two engines take the same values and refuse the same, column by column."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import BigInteger, Column, Date, Integer, LargeBinary, SmallInteger, Table, Text, Uuid

from app.store.columns import column_list, names
from app.store.database_url import sqlite_path
from app.store.tables import Document, UtcTimestamp, metadata
from tests.support.events import new_id

Insert = Callable[[Table, dict[str, Any]], bool]
"""Whether the database takes the row; nothing of it stays."""
NUMBERS: Final = (-(2**63) - 1, -(2**63), -1, 0, 1, 2, 32_767, 32_768, 2**31 - 1, 2**31, 2**63 - 1, 2**63)
TEXTS: Final = (
    *("", "x", "USD", "EUR", "usd", "US", "USDX", "U1D", "ÜSD", "USD ", "USD\n"),
    *("1000", "9999", "100", "10000", "１０００", "100a", " 1000", "1000\n"),
    *("DR", "CR", "dr", "DRCR", "SETTLED", "PENDING", "ENCUMBRANCE", "settled", "POSTED"),
)
VALID: Final = {"account_code": "1000", "direction": "DR", "currency": "USD", "layer": "SETTLED"}
SMALL_ON_POSTGRESQL: Final = {"account_totals.stripe", "account_days.stripe"}
"""A small number on PostgreSQL and any on SQLite, where there is one stripe, 0."""
LIMITED: Final[dict[str, set[Any]]] = {
    "journal_lines.account_code": {"1000", "9999"},
    "journal_lines.currency": {"USD", "EUR"},
    "journal_lines.direction": {"DR", "CR"},
    "journal_lines.layer": {"SETTLED", "PENDING", "ENCUMBRANCE"},
    "journal_lines.sequence": {1, 2, 32_767},
    "journal_lines.amount_minor": {1, 2, 32_767, 32_768, 2**31 - 1, 2**31, 2**63 - 1},
    "journal_entries.line_count": {0, 1, 2, 32_767},
    **{
        f"{table}.{column}": {0, 1, 2, 32_767, 32_768, 2**31 - 1, 2**31, 2**63 - 1}
        for table, columns in (
            ("loans", ("principal_minor", "interest_minor", "fees_minor", "suspense_minor")),
            ("account_totals", ("dr_minor", "cr_minor")),
            ("account_days", ("dr_minor", "cr_minor")),
        )
        for column in columns
    },
}
"""All that these columns take of NUMBERS and TEXTS."""


def valid_value(column: Column[Any]) -> Any:
    if column.type is Document:
        return "{}"
    by_type: dict[type, Any] = {
        Uuid: new_id(),
        Text: VALID.get(column.name, "x"),
        Date: "2026-03-01",
        UtcTimestamp: "2026-03-01 12:00:00",
        LargeBinary: b"x",
    }
    return by_type.get(type(column.type), 1)


def candidates(column: Column[Any]) -> tuple[Any, ...]:
    """Of ids, dates, documents and bytes only whether they may be missing: their types differ on purpose."""
    if isinstance(column.type, Text):
        return (None, *TEXTS)
    return (None, *NUMBERS) if isinstance(column.type, (SmallInteger, Integer, BigInteger)) else (None, valid_value(column))


def taken(insert: Insert) -> dict[str, set[Any]]:
    """Of every column, the candidates that the database takes in an otherwise valid row."""
    found: dict[str, set[Any]] = {}
    for table in metadata.sorted_tables:
        valid = {column.name: valid_value(column) for column in table.columns}
        assert insert(table, valid), table.name
        for column in table.columns:
            values = candidates(column)
            found[f"{table.name}.{column.name}"] = {
                _as_kept(column, value) for value in values if insert(table, valid | {column.name: value})
            }
    return found


def _as_kept(column: Column[Any], value: Any) -> Any:
    """A value that was made for the test counts as one that is not missing."""
    return value if value is None or isinstance(column.type, (Text, Integer)) else "given"


@contextmanager
def sqlite_insert(url: str) -> Iterator[Insert]:
    """Without the triggers, which look at other rows."""
    with closing(sqlite3.connect(sqlite_path(url))) as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")

        def insert(table: Table, row: dict[str, Any]) -> bool:
            marks = ", ".join("?" * len(row))
            try:
                file.execute(f"INSERT INTO {table.name} ({column_list(names(table))}) VALUES ({marks})", list(row.values()))
            except (sqlite3.Error, OverflowError):
                return False
            finally:
                file.rollback()
            return True

        yield insert


@contextmanager
def postgresql_insert(url: str) -> Iterator[Insert]:
    """Without the triggers, which look at other rows."""
    with psycopg.connect(url) as server:
        server.execute("SET session_replication_role = replica")
        server.commit()

        def insert(table: Table, row: dict[str, Any]) -> bool:
            marks = ", ".join(["%s"] * len(row))
            try:
                server.execute(
                    f"INSERT INTO {table.name} ({column_list(names(table))}) VALUES ({marks})".encode(), list(row.values())
                )
            except psycopg.Error:
                return False
            finally:
                server.rollback()
            return True

        yield insert


def test_both_engines_take_the_same_values(sqlite_url: str, postgresql_url: str) -> None:
    with sqlite_insert(sqlite_url) as on_sqlite, postgresql_insert(postgresql_url) as on_postgresql:
        one, other = taken(on_sqlite), taken(on_postgresql)
    different = {column: (one[column] ^ other[column]) for column in one if one[column] != other[column]}
    assert different.keys() == SMALL_ON_POSTGRESQL, different
    assert {column: one[column] for column in LIMITED} == LIMITED
