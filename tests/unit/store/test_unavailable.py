"""Which errors mean that the database cannot be used now, and which are defects, whoever raises or wraps them."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import asyncpg
import psycopg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.store.store import ConnectionLost, StoreMisconfigured, StoreReadOnly, StoreUnavailable
from app.store.unavailable import error_causes, refuse_unavailable, sqlite_code, unavailable

LOST = ("08000", "08006", "08P01", "25P02", "25P03", "25P04", "26000", "42P05", "57P01", "57P02", "57P03", "57P04", "57P05")
AWAY = (
    *("28000", "28P01", "3D000", "40001", "40P01", "53000", "53100", "53200", "53300", "55006", "55P03", "57000", "57014"),
    *("58000", "58030", "72000", "F0000", "XX001", "XX002"),
)
DEFECTS = (
    "0A000",
    "21000",
    "22003",
    "22P02",
    "23502",
    "23505",
    "23514",
    "42501",
    "42601",
    "42703",
    "42P01",
    "54001",
    "P0001",
    "XX000",
)


_ADAPTED: Any = AsyncAdapt_asyncpg_dbapi.Error


def server_error(sqlstate: str) -> asyncpg.PostgresError:
    error: asyncpg.PostgresError = asyncpg.PostgresError.new({"C": sqlstate, "M": f"the server said {sqlstate}"})
    error.sqlstate = sqlstate
    return error


def wrapped(error: BaseException) -> Iterator[BaseException]:
    """As it is, as the adapter of SQLAlchemy raises it, and as SQLAlchemy itself does."""
    yield error
    adapted = _ADAPTED(str(error), error) if isinstance(error, asyncpg.PostgresError) else error
    if adapted is not error:
        adapted.__cause__ = error
        yield adapted
    for invalidated in (False, unavailable(error) is not None):
        sqlalchemy_error = DBAPIError("SELECT 1", {}, adapted, connection_invalidated=invalidated)
        sqlalchemy_error.__cause__ = adapted
        yield sqlalchemy_error


def kinds(error: BaseException) -> set[type[StoreUnavailable] | None]:
    return {None if (refusal := unavailable(each)) is None else type(refusal) for each in wrapped(error)}


@pytest.mark.parametrize("sqlstate", LOST)
def test_a_connection_is_lost(sqlstate: str) -> None:
    assert kinds(server_error(sqlstate)) == {ConnectionLost}


@pytest.mark.parametrize("sqlstate", AWAY)
def test_the_server_cannot_do_it_now(sqlstate: str) -> None:
    assert kinds(server_error(sqlstate)) == {StoreUnavailable}


@pytest.mark.parametrize("sqlstate", DEFECTS)
def test_a_statement_that_is_wrong_is_a_defect(sqlstate: str) -> None:
    assert kinds(server_error(sqlstate)) == {None}


def test_a_write_that_a_standby_refuses_is_read_only() -> None:
    assert kinds(server_error("25006")) == {StoreReadOnly}
    assert kinds(psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT")) == {StoreReadOnly}


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        asyncpg.InternalClientError("got result for unknown protocol state 3"),
        asyncpg.exceptions.ProtocolError("unexpected message"),
        asyncpg.exceptions.OutdatedSchemaCacheError("cached"),
        asyncpg.InvalidCachedStatementError("cached plan must not change result type"),
        ConnectionResetError(104, "Connection reset by peer"),
        BrokenPipeError(32, "Broken pipe"),
        EOFError(),
        OSError("Connect call failed"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_driver_that_cannot_go_on_has_lost_the_connection(error: Exception) -> None:
    assert kinds(error) == {ConnectionLost}


@pytest.mark.parametrize("error", [TimeoutError(), PoolTimeout("QueuePool limit")])
def test_a_database_that_does_not_answer_in_time_is_unavailable(error: Exception) -> None:
    """And no other connection is tried, which would take as long again."""
    assert unavailable(error).__class__ is StoreUnavailable
    assert str(unavailable(TimeoutError())) == "TimeoutError"


@pytest.mark.parametrize("error", [asyncpg.DataError("invalid input for query argument $1"), ZeroDivisionError(), KeyError("x")])
def test_what_the_service_does_wrong_is_a_defect(error: Exception) -> None:
    assert kinds(error) == {None}


def test_a_connection_that_sqlalchemy_found_closed_is_lost() -> None:
    error = DBAPIError("SELECT 1", {}, Exception("closed"), connection_invalidated=True)
    assert isinstance(unavailable(error), ConnectionLost)


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("of SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "code",
    [
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
        *(
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_IOERR_FSYNC,
            sqlite3.SQLITE_IOERR_SHMMAP,
            sqlite3.SQLITE_NOTADB,
            sqlite3.SQLITE_CORRUPT,
        ),
    ],
)
def test_a_file_that_cannot_be_used_now(code: int) -> None:
    """Extended codes count as their primary one."""
    assert kinds(sqlite_error(code)) == {StoreUnavailable}


@pytest.mark.parametrize("code", [sqlite3.SQLITE_READONLY, sqlite3.SQLITE_READONLY_DBMOVED, sqlite3.SQLITE_READONLY_ROLLBACK])
def test_a_file_that_takes_no_writes_is_read_only(code: int) -> None:
    assert kinds(sqlite_error(code)) == {StoreReadOnly}


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE]
)
def test_a_statement_that_is_wrong_on_sqlite_is_a_defect(code: int) -> None:
    assert kinds(sqlite_error(code)) == {None}


def test_a_refusal_stays_the_one_it_is() -> None:
    refusal = StoreMisconfigured("the role is missing")
    assert unavailable(refusal) is refusal


def test_an_error_is_raised_as_the_refusal_it_comes_to_with_what_caused_it() -> None:
    error = sqlite_error(sqlite3.SQLITE_FULL)
    with pytest.raises(StoreUnavailable, match="of SQLite") as refused:
        refuse_unavailable(error)
    assert refused.value.__cause__ is error
    refuse_unavailable(refused.value)
    refuse_unavailable(ZeroDivisionError())


def test_causes_are_told_from_the_outermost_on() -> None:
    inner = sqlite_error(sqlite3.SQLITE_IOERR_WRITE)
    outer = DBAPIError("SELECT 1", {}, inner)
    assert list(error_causes(outer)) == [outer, inner]
    assert [sqlite_code(each) for each in error_causes(outer)] == [None, sqlite3.SQLITE_IOERR]
