"""How a line of the log is written: as one JSON object, or as text for people. Both say the same.

A line is no longer than what a pipe takes at once, so that the lines of several processes never run into each other.
"""

import logging
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from app import clock
from app.observability.error_text import error_text, traceback_text

LINE_BYTES: Final = 4096
"""POSIX's PIPE_BUF on Linux: a write up to this length is not mixed with another's."""
STDERR: Final = 2
_UNPRINTABLE: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN: Final = re.compile(r"[!#-<>-~\xa1-\u2027\u202a-\ud7ff\ue000-\U0010ffff]+")
"""A value of a text line that needs no quotes."""


def write_line(line: bytes) -> None:
    """One system call, to standard error."""
    os.write(STDERR, line)


def printable(text: str) -> str:
    """Without control characters and what else would end a line or cannot be encoded; line feeds stay."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_line(members: Mapping[str, Any], long_member: str = "message") -> bytes:
    """One object in one line; where it would be too long, the middle of `long_member` is left out."""
    line = orjson.dumps(members) + b"\n"
    room = len(members.get(long_member, ""))
    while len(line) > LINE_BYTES and room > 1:
        room //= 2
        text = members[long_member]
        line = orjson.dumps({**members, long_member: f"{text[: room // 3]} … {text[len(text) - room :]}"}) + b"\n"
    return line


def text_value(value: object) -> str:
    """As it stands after `name=`: in quotes where it has spaces, quotes or equals signs."""
    text = printable(str(value))
    return text if _PLAIN.fullmatch(text) else orjson.dumps(text).decode()


class LogHandler(logging.Handler):
    """Writes each record as one line to standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as error:
            place = f"{record.module}:{record.lineno}"
            failed = logging.LogRecord(record.name, logging.ERROR, "", 0, "a line of %s: %s", (place, error), None)
            line = self.format(failed)
        write_line(line.encode())


class JsonFormatter(logging.Formatter):
    """time, level, logger and message always; trace_id where the record has one; exception with its places."""

    def format(self, record: logging.LogRecord) -> str:
        members = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name, "message": _message(record)}
        if trace_id := getattr(record, "trace_id", ""):
            members["trace_id"] = trace_id
        if (error := _error(record)) is None:
            return json_line(members).decode()
        members["exception"] = printable(traceback_text(error))
        members["message"] = members["message"][: LINE_BYTES // 4]
        return json_line(members, "exception").decode()


class TextFormatter(logging.Formatter):
    """The same in one line of text, after which the places of an exception follow."""

    def format(self, record: logging.LogRecord) -> str:
        trace_id = getattr(record, "trace_id", "")
        message = _message(record).replace("\n", "\\n")
        line = f"{_time(record)} {record.levelname} {record.name} {message}{f' trace_id={trace_id}' if trace_id else ''}\n"
        error = _error(record)
        return line if error is None else f"{line}{printable(traceback_text(error))}\n"


def _time(record: logging.LogRecord) -> str:
    return clock.timestamp(datetime.fromtimestamp(record.created, UTC))


def _message(record: logging.LogRecord) -> str:
    """Errors among the arguments are told by `error_text`. asyncio's go on with what a failed task held."""
    if isinstance(record.args, tuple):
        record.args = tuple(error_text(each) if isinstance(each, BaseException) else each for each in record.args)
    message = record.getMessage()
    return printable(message.partition("\n")[0] if record.name == "asyncio" else message.strip())


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None
