"""SQL past the application: what the database refuses or admits by itself."""

import sqlite3
from datetime import UTC, date, datetime
from typing import Any, Final

import psycopg

from app.store.columns import column_list, names
from app.store.database_url import sqlite_path
from app.store.tables import journal_entries, journal_lines
from tests.support.events import new_id

ENTRY_COLUMNS: Final = column_list(names(journal_entries))
LINE_COLUMNS: Final = column_list(names(journal_lines))
Refused: Final = (sqlite3.Error, psycopg.Error)


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

    def savepoint(self) -> Any:
        """A block whose failure undoes the block only."""
        return self._connection.transaction()

    def commit(self) -> None:
        self._connection.commit()

    def close(self) -> None:
        self._connection.rollback()
        self._connection.close()


def insert(sql: PlainSql, table: str, columns: str, row: tuple[Any, ...]) -> None:
    sql.run(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", *row)


def insert_lines(sql: PlainSql, lines: list[tuple[Any, ...]]) -> None:
    """In one statement, as the writer does."""
    sql.run(lines_statement(lines), *(value for row in lines for value in row))


def lines_statement(lines: list[tuple[Any, ...]]) -> str:
    return f"INSERT INTO journal_lines ({LINE_COLUMNS}) VALUES {', '.join(marks(row) for row in lines)}"


def marks(row: tuple[Any, ...]) -> str:
    return f"({', '.join('?' * len(row))})"


def line(tenant_id: str, entry_id: str, sequence: int, direction: str, amount_minor: int) -> tuple[Any, ...]:
    on = date(2026, 3, 1).isoformat()
    return (tenant_id, entry_id, sequence, on, "1000", direction, amount_minor, "USD", "SETTLED", None, None, None)


def entry(tenant_id: str, entry_id: str, line_count: int) -> tuple[Any, ...]:
    posted_at = datetime(2026, 3, 1, tzinfo=UTC).isoformat()
    on = date(2026, 3, 1).isoformat()
    head = (tenant_id, entry_id, new_id(), "manual_adjustment", on, posted_at)
    return (*head, line_count, new_id(), "somebody", None, None, None)


def post(sql: PlainSql, lines: list[tuple[Any, ...]], header: tuple[Any, ...]) -> None:
    """As each engine's writer does it: SQLite seals the lines with the header, PostgreSQL takes both in one statement."""
    if sql.is_postgres:
        entries = f"INSERT INTO journal_entries ({ENTRY_COLUMNS}) VALUES {marks(header)}"
        values = [value for row in lines for value in row]
        sql.run(f"WITH lines AS ({lines_statement(lines)}) {entries}", *values, *header)
    else:
        insert_lines(sql, lines)
        insert(sql, "journal_entries", ENTRY_COLUMNS, header)
    sql.commit()
