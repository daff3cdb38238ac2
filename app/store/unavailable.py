"""Decides, for every driver and every path, whether an error means that the database cannot be used now.

PostgreSQL's errors are told by SQLSTATE and SQLite's by primary result code, by class wherever a whole class means it. What is
not listed is a defect of the service, and stays the error that it is.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.observability.error_text import error_text
from app.store.store import ConnectionLost, StoreConflict, StoreReadOnly, StoreUnavailable

_READ_ONLY: Final = "25006"
_LOST: Final = (
    "08",  # connection exceptions
    "25",  # the transaction is not in the state that was left: read-only, failed, ended by a time-out
    "26",  # a prepared statement is gone
    "42P05",  # or there already
    "57P",  # shut down, starting, terminated, dropped
)
_UNAVAILABLE: Final = (
    "28",  # the login is refused
    "3D",  # the database does not exist
    "40",  # rolled back: deadlock, serialization, conflict with recovery
    "53",  # out of disk, memory or connections
    "55",  # locked, in use, not in the state for it
    "57",  # cancelled
    "58",  # input or output failed
    "72",  # a snapshot is too old
    "F0",  # the server's configuration
    "XX001",  # damaged data
    "XX002",  # or index
)
_SQLITE_BYTE: Final = 0xFF
"""The part of a result code of SQLite that is its primary code."""
_SQLITE_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOTADB,
    }
)


def unavailable(error: BaseException) -> StoreUnavailable | None:
    """The refusal to answer with; errors that SQLAlchemy wraps count as what they wrap.

    None for a defect of the service, and for a conflict, which the writer deals with.
    """
    if isinstance(error, StoreConflict):
        return None
    causes = list(error_causes(error))
    for cause in causes:
        if isinstance(cause, StoreUnavailable):
            return cause
    for cause in reversed(causes):
        kind = _kind(cause)
        if kind is not None:
            return kind(error_text(cause))
    return None


def refuse_unavailable(error: Exception) -> None:
    """Raises the refusal that `error` comes to; returns for a refusal and for a defect, which the caller raises as they are."""
    refusal = unavailable(error)
    if refusal is not None and refusal is not error:
        raise refusal from error


def error_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what it wraps, outermost first."""
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__


def sqlite_code(error: BaseException) -> int | None:
    """The primary result code of an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _SQLITE_BYTE


def _kind(error: BaseException) -> type[StoreUnavailable] | None:
    sqlstate = getattr(error, "sqlstate", None)
    if sqlstate is not None and not isinstance(error, asyncpg.InvalidCachedStatementError):
        return _kind_by_sqlstate(sqlstate)
    if (code := sqlite_code(error)) is not None:
        return _kind_by_sqlite_code(code)
    return _kind_by_class(error)


def _kind_by_sqlstate(sqlstate: str) -> type[StoreUnavailable] | None:
    if sqlstate == _READ_ONLY:
        return StoreReadOnly
    if sqlstate.startswith(_LOST):
        return ConnectionLost
    return StoreUnavailable if sqlstate.startswith(_UNAVAILABLE) else None


def _kind_by_sqlite_code(code: int) -> type[StoreUnavailable] | None:
    if code == sqlite3.SQLITE_READONLY:
        return StoreReadOnly
    return StoreUnavailable if code in _SQLITE_UNAVAILABLE else None


def _kind_by_class(error: BaseException) -> type[StoreUnavailable] | None:
    """Errors that drivers raise themselves: the connection is closed, silent, out of step, or was planned for other tables."""
    if isinstance(error, (TimeoutError, PoolTimeout)):
        return StoreUnavailable
    if isinstance(error, (OSError, EOFError, asyncpg.InternalClientError, asyncpg.InvalidCachedStatementError)):
        return ConnectionLost
    if isinstance(error, asyncpg.InterfaceError) and not isinstance(error, ValueError):
        return ConnectionLost
    return ConnectionLost if isinstance(error, DBAPIError) and error.connection_invalidated else None
