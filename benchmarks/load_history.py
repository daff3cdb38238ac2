"""Puts the history into a migrated database: COPY on PostgreSQL, `executemany` on SQLite."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime

import psycopg
from psycopg import sql

from benchmarks.databases import is_sqlite, sqlite_file
from benchmarks.history import COLUMNS, History, Row


def load(database_url: str, history: History) -> None:
    """All or nothing, in one transaction."""
    if is_sqlite(database_url):
        _load_sqlite(sqlite_file(database_url), history)
    else:
        _load_postgres(database_url, history)


def _load_postgres(database_url: str, history: History) -> None:
    """As the superuser, whom row-level security does not bind, and without triggers: reconciliation checks it all afterwards."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, columns in COLUMNS.items():
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for row in history.rows(table):
                    copy.write_row(row)


def _load_sqlite(file: str, history: History) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = -1000000")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for table, columns in COLUMNS.items():
            marks = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            connection.executemany(statement, _as_text(history.rows(table)))
        for _, create in triggers:
            connection.execute(create)
        connection.execute("COMMIT")


def _as_text(rows: Iterable[Row]) -> Iterator[Row]:
    """Dates and times as SQLAlchemy keeps them on SQLite."""
    for row in rows:
        yield tuple(_text(value) if isinstance(value, date) else value for value in row)


def _text(value: date) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat()
