"""A tenant's rows in the database, read and changed with plain SQL instead of through the application."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

import psycopg

from app.store.database_url import is_sqlite, sqlite_path
from tests.support.waiting import HANG_SECONDS

TABLES: Final = (
    "tenants",
    "journal_entries",
    "journal_lines",
    "loans",
    "loan_days",
    "account_totals",
    "account_days",
    "idempotency_keys",
)
"""All that a posting writes."""
Rows = list[tuple[Any, ...]]


class Books:
    """A connection as the owner of the tables, to whom row-level security does not apply."""

    def __init__(self, database_url: str) -> None:
        self.on_sqlite = is_sqlite(database_url)
        self._connection: Any = (
            sqlite3.connect(sqlite_path(database_url), isolation_level=None, timeout=HANG_SECONDS)
            if self.on_sqlite
            else psycopg.connect(database_url, autocommit=True)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, statement: str, *values: Any) -> Rows:
        """`?` stands for a value on both engines."""
        text = statement if self.on_sqlite else statement.replace("?", "%s")
        cursor = self._connection.execute(text, values)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def count(self, table: str, tenant_id: str) -> int:
        [(rows,)] = self.run(f"SELECT count(*) FROM {table} WHERE tenant_id = ?", tenant_id)
        return int(rows)

    def of(self, tenant_id: str) -> dict[str, list[str]]:
        """Every row of a tenant, sorted: equal before and after a request means that the request wrote nothing."""
        return {table: sorted(map(repr, self.run(f"SELECT * FROM {table} WHERE tenant_id = ?", tenant_id))) for table in TABLES}

    def trial_balance(self, tenant_id: str) -> int:
        """Debits less credits over all lines."""
        signed = "CASE direction WHEN 'DR' THEN amount_minor ELSE -amount_minor END"
        [(total,)] = self.run(f"SELECT coalesce(sum({signed}), 0) FROM journal_lines WHERE tenant_id = ?", tenant_id)
        return int(total)

    @contextmanager
    def undefended(self, table: str) -> Iterator[None]:
        """The table without its triggers, in one transaction, so that no other connection sees it without them."""
        self.run("BEGIN IMMEDIATE" if self.on_sqlite else "BEGIN")
        triggers: Rows = []
        if self.on_sqlite:
            triggers = self.run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table)
            for name, _ in triggers:
                self.run(f"DROP TRIGGER {name}")
        else:
            self.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for _, definition in triggers:
            self.run(definition)
        if not self.on_sqlite:
            self.run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.run("COMMIT")
