"""The words of an error are kept where they name parts of the program, and left out where they may quote data."""

import asyncio
import sqlite3

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError

from app.observability.error_text import error_text, traceback_text
from app.store.store import StoreUnavailable

SECRET = "hunter2-4242"


def of_postgresql(kind: type[Exception], *lines: str) -> Exception:
    return kind("\n".join(lines))


def raised(error: Exception) -> Exception:
    """With the place at which it was raised."""
    try:
        raise error
    except Exception as caught:
        return caught


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"invalid literal for int() with base 10: '{SECRET}'"),
        KeyError(SECRET),
        UnicodeEncodeError("ascii", SECRET, 0, 1, "not in range"),
        asyncpg.DataError(f"invalid input for query argument $3: '{SECRET}'"),
        asyncpg.InvalidTextRepresentationError(f'invalid input syntax for type uuid: "{SECRET}"'),
        of_postgresql(asyncpg.CheckViolationError, "violates check constraint", f"DETAIL:  Failing row contains ({SECRET})."),
        IntegrityError("INSERT", {"metadata": SECRET}, asyncpg.DataError(f"'{SECRET}'")),
        asyncio.InvalidStateError(SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_word_of_the_data_is_told(error: Exception) -> None:
    assert SECRET not in error_text(error)
    assert SECRET not in traceback_text(raised(error))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (StoreUnavailable("the disk is full"), "the disk is full"),
        (TypeError("unhashable type: 'dict'"), "TypeError: unhashable type: 'dict'"),
        (sqlite3.OperationalError("database is locked"), "OperationalError: database is locked"),
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: [Errno 111] Connection refused"),
        (asyncpg.DeadlockDetectedError("deadlock detected"), "DeadlockDetectedError 40P01: deadlock detected"),
        (asyncpg.DataError("x"), "DataError 22000"),
        (ValueError("x"), "ValueError"),
        (AssertionError(), "AssertionError"),
        (IntegrityError("", {}, sqlite3.IntegrityError("UNIQUE failed: t.c")), "IntegrityError: UNIQUE failed: t.c"),
    ],
)
def test_what_names_parts_of_the_program_is_told(error: Exception, text: str) -> None:
    assert error_text(error) == text


def test_a_traceback_has_every_error_of_the_chain_with_its_place_and_no_source() -> None:
    def fail() -> None:
        try:
            int(SECRET)
        except ValueError as cause:
            raise StoreUnavailable("it went wrong") from cause

    with pytest.raises(StoreUnavailable) as caught:
        fail()
    lines = traceback_text(caught.value).splitlines()
    assert [line for line in lines if not line.startswith("  ")] == ["ValueError", "it went wrong"]
    assert all("tests/unit/observability/test_error_text.py:" not in line or " in " in line for line in lines)
    assert lines[0].startswith("  unit/observability/test_error_text.py:")


def test_a_chain_that_ends_in_itself_is_told_once() -> None:
    one, other = TypeError("one"), TypeError("other")
    one.__cause__, other.__cause__ = other, one
    assert traceback_text(one) == "TypeError: other\nTypeError: one"
