"""Every statement on such a connection is told, whichever way it is given, and failures too."""

import sqlite3

import pytest

from app.store.sqlite.timed_connection import timed_connection


def test_statements_are_told_with_their_seconds_and_errors() -> None:
    told: list[tuple[str, bool, str]] = []
    kind = timed_connection(lambda text, seconds, error: told.append((text, seconds >= 0, type(error).__name__)))
    connection = sqlite3.connect(":memory:", factory=kind)
    connection.execute("CREATE TABLE t (n)")
    connection.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    assert connection.execute("SELECT sum(n) FROM t WHERE n > ?", (0,)).fetchall() == [(3,)]
    assert connection.cursor().execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT * FROM nothing")
    connection.close()
    assert [text.split()[0] for text, _, _ in told] == ["CREATE", "INSERT", "SELECT", "SELECT", "SELECT"]
    assert [error for _, _, error in told] == ["NoneType"] * 4 + ["OperationalError"]
    assert all(is_timed for _, is_timed, _ in told)
