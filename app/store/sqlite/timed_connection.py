"""A connection to SQLite that tells each statement and how long it took, for traces."""

import sqlite3
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, TypeVar

from app.observability.spans import StatementObserver

_T = TypeVar("_T")


def timed_connection(observe: StatementObserver) -> type[sqlite3.Connection]:
    """The class to make connections of; every statement of a connection goes by one of its cursors."""

    class TimedCursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> "TimedCursor":
            _timed(observe, sql, lambda: super(TimedCursor, self).execute(sql, parameters))
            return self

        def executemany(self, sql: str, parameters: Iterable[Any], /) -> "TimedCursor":
            _timed(observe, sql, lambda: super(TimedCursor, self).executemany(sql, parameters))
            return self

    class TimedConnection(sqlite3.Connection):
        def cursor(self, factory: Any = TimedCursor) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            return self.cursor().execute(sql, parameters)  # type: ignore[no-any-return]

        def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
            return self.cursor().executemany(sql, parameters)  # type: ignore[no-any-return]

    return TimedConnection


def _timed(observe: StatementObserver, sql: str, run: Callable[[], _T]) -> _T:
    began = perf_counter()
    try:
        result = run()
    except sqlite3.Error as error:
        observe(sql, perf_counter() - began, error)
        raise
    observe(sql, perf_counter() - began, None)
    return result
