"""What a log may say of an error: its type and place always, its words only where they cannot hold a value that a caller sent.

Drivers and the standard library quote values in their messages: a row that breaks a constraint, the argument of a statement, the
text that is no number. Tokens, bodies and metadata would come into the log that way.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from traceback import FrameSummary, extract_tb
from typing import Final

_OWN: Final = ("app", "handlers")
"""Packages whose errors are worded here."""
_WITHOUT_VALUES: Final = (
    OSError,
    EOFError,
    TypeError,
    AttributeError,
    NameError,
    ImportError,
    AssertionError,
    NotImplementedError,
    MemoryError,
    RecursionError,
    SyntaxError,
    sqlite3.Error,
)
"""Built-in errors that name parts of the program, or of the system, and no data."""
_DATA_EXCEPTION: Final = "22"
"""The class of SQLSTATE whose messages quote the value that did not fit."""


def error_text(error: BaseException) -> str:
    """The error in one line; an error that wraps a driver's is told as the driver's."""
    error = getattr(error, "orig", None) or error
    name = type(error).__name__
    sqlstate = getattr(error, "sqlstate", None)
    if isinstance(sqlstate, str):
        words = "" if sqlstate.startswith(_DATA_EXCEPTION) else _primary_message(error)
        return f"{name} {sqlstate}: {words}" if words else f"{name} {sqlstate}"
    if type(error).__module__.partition(".")[0] in _OWN:
        return str(error) or name
    words = str(error) if isinstance(error, _WITHOUT_VALUES) else ""
    return f"{name}: {words}" if words else name


def traceback_text(error: BaseException) -> str:
    """Every error of the chain with where it was raised, the first cause first; without the source's text."""
    return "\n".join(line for each in reversed(list(_chain(error))) for line in _lines(each))


def _primary_message(error: BaseException) -> str:
    """The first line: PostgreSQL's details, which quote rows, follow in others."""
    message = str(error.args[0]) if error.args else ""
    return message.partition("\n")[0]


def _lines(error: BaseException) -> Iterator[str]:
    yield from (_place(frame) for frame in extract_tb(error.__traceback__))
    yield error_text(error)


def _place(frame: FrameSummary) -> str:
    path = Path(frame.filename)
    return f"  {'/'.join(path.parts[-3:])}:{frame.lineno} in {frame.name}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what it was raised from or while handling, as a traceback shows it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
