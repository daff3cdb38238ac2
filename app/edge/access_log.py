"""The access log: one line for each request, with nothing of what it said but its path, and that without the query.

It is written without the machinery of `logging`, whose cost would be a tenth of a request's. The lines of one iteration of the
event loop go out together, in pieces that a pipe takes at once.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any, Final

from app import clock
from app.edge.asgi_types import Scope
from app.edge.client_address import client_address
from app.edge.request import Request
from app.observability.log_lines import LINE_BYTES, json_line, text_value, write_line

ACCESS_LOGGER: Final = "hpts.access"
PATH_CHARACTERS: Final = 500
_OF_CALLERS: Final = frozenset(("actor", "path", "method", "client_address"))
"""Members that could hold what would be mistaken in a line of text."""
_ENTRY_ID: Final = re.compile(rb'"journal_entry_id":"([0-9a-f-]{36})"')


class AccessLog:
    """An observer of requests; `write` takes one or more complete lines."""

    def __init__(self, log_format: str, write: Callable[[bytes], None] = write_line) -> None:
        self._line = _text_line if log_format == "text" else json_line
        self._write = write
        self._waiting: list[bytes] = []

    def __call__(self, scope: Scope, request: Request, seconds: float) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(self._line(_members(scope, request, seconds)))

    def _flush(self) -> None:
        lines, self._waiting = self._waiting, []
        piece = b""
        for line in lines:
            if len(piece) + len(line) > LINE_BYTES:
                self._write(piece)
                piece = b""
            piece += line
        self._write(piece)


def is_access_logged() -> bool:
    return logging.getLogger(ACCESS_LOGGER).isEnabledFor(logging.INFO)


def _members(scope: Scope, request: Request, seconds: float) -> dict[str, Any]:
    """What is not known is left out; a status of 0 means that the client went away before its answer began."""
    members: dict[str, Any] = {
        "time": clock.timestamp(clock.now()),
        "level": "info",
        "logger": ACCESS_LOGGER,
        "message": "request",
        "method": scope["method"][:20],
        "status": request.status,
        "ms": round(seconds * 1000, 3),
        "trace_id": request.trace_id,
    }
    if request.route:
        members["route"] = request.route
    else:
        members["path"] = _path(scope)
    if address := client_address(scope):
        members["client_address"] = address
    if (caller := request.caller) is not None:
        members["tenant"], members["actor"] = caller.tenant_id, caller.actor
    if request.problem_code:
        members["problem_code"] = request.problem_code
    elif entry_id := _entry_id(request.body):
        members["entry_id"] = entry_id
    return members


def _path(scope: Scope) -> str:
    """As it was sent, percent-encoded; empty for what was refused before it had a path."""
    raw: bytes = scope.get("raw_path") or b""
    return raw[:PATH_CHARACTERS].decode("ascii", "backslashreplace")


def _entry_id(body: Any) -> str:
    """Of the entry that was posted or read."""
    if isinstance(body, bytes):
        found = _ENTRY_ID.search(body)
        return found[1].decode() if found else ""
    entry_id = body.get("journal_entry_id", "")
    return entry_id if isinstance(entry_id, str) else ""


def _text_line(members: dict[str, Any]) -> bytes:
    time, level, logger, _, *facts = members.items()
    words = " ".join(f"{name}={text_value(value) if name in _OF_CALLERS else value}" for name, value in facts)
    return f"{time[1]} {level[1].upper()} {logger[1]} {words}\n".encode()
