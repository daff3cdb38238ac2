"""The line of the access log: which facts it states, and what is left out."""

import asyncio
import logging
import re
from typing import Any

import orjson
import pytest

from app.auth.caller import Caller
from app.edge.access_log import PATH_CHARACTERS, AccessLog, is_access_logged
from app.edge.request import SCOPE_KEY, Request
from app.observability.log_lines import LINE_BYTES
from tests.unit.edge.support import http_scope

TENANT = "0198c0de-0000-7000-8000-0000000000aa"
ENTRY = "0198c0de-0000-7000-8000-0000000000ee"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def posted() -> Request:
    request = Request(())
    request.route = "/v1/payments"
    request.status = 201
    request.trace_id = TRACE
    request.caller = Caller(TENANT, "alice smith", frozenset(), 0.0)
    request.body = b'{"payment_event_id":"x","journal_entry_id":"%s"}' % ENTRY.encode()
    return request


async def lines_of(*requests: tuple[Any, Request], log_format: str = "json") -> list[bytes]:
    written: list[bytes] = []
    log = AccessLog(log_format, written.append)
    for scope, request in requests:
        log({**scope, SCOPE_KEY: request}, request, 0.0015)
    await asyncio.sleep(0)
    return written


async def line_of(scope: Any, request: Request, log_format: str = "json") -> Any:
    [line] = await lines_of((scope, request), log_format=log_format)
    return orjson.loads(line) if log_format == "json" else line.decode()


def scope_of(path: str = "/v1/payments", method: str = "POST") -> Any:
    return {**http_scope(method, path, query=b"token=secret"), "client": ("192.0.2.7", 4711)}


async def test_a_line_states_every_fact_of_the_request() -> None:
    line = await line_of(scope_of(), posted())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line.pop("time"))
    assert line == {
        "level": "info",
        "logger": "hpts.access",
        "message": "request",
        "method": "POST",
        "status": 201,
        "ms": 1.5,
        "trace_id": TRACE,
        "route": "/v1/payments",
        "client_address": "192.0.2.7",
        "tenant": TENANT,
        "actor": "alice smith",
        "entry_id": ENTRY,
    }


async def test_text_states_the_same() -> None:
    line = await line_of(scope_of(), posted(), "text")
    assert line.split(" ", 1)[1] == (
        f"INFO hpts.access method=POST status=201 ms=1.5 trace_id={TRACE} route=/v1/payments client_address=192.0.2.7 "
        f'tenant={TENANT} actor="alice smith" entry_id={ENTRY}\n'
    )


async def test_what_is_not_known_is_left_out() -> None:
    request = Request(())
    request.trace_id = TRACE
    request.problem_code = "not_found"
    line = await line_of(http_scope("GET", "/v1/nowhere%0a", query=b"token=secret"), request)
    assert "secret" not in str(line)
    assert line.keys() == {
        "time", "level", "logger", "message", "method", "status", "ms", "trace_id", "path", "problem_code"
    }  # fmt: skip
    assert line["path"] == "/v1/nowhere%0a"


async def test_the_entry_that_was_read_is_named() -> None:
    request = posted()
    request.body = {"journal_entry_id": ENTRY, "lines": []}
    assert (await line_of(scope_of(), request))["entry_id"] == ENTRY


async def test_a_path_is_cut_to_what_fits_into_a_line() -> None:
    request = Request(())
    line = await line_of(scope_of("/" + "é" * 30_000), request)
    assert len(line["path"]) <= 4 * PATH_CHARACTERS
    [text] = await lines_of((scope_of("/" + "a" * 30_000), request))
    assert len(text) <= LINE_BYTES


async def test_lines_of_one_iteration_go_out_together_in_pieces_that_a_pipe_takes() -> None:
    pieces = await lines_of(*[(scope_of(), posted())] * 100)
    assert sum(piece.count(b"\n") for piece in pieces) == 100
    assert all(len(piece) <= LINE_BYTES and piece.endswith(b"\n") for piece in pieces)
    assert len(pieces) < 20


def test_requests_are_logged_at_info(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="hpts"):
        assert not is_access_logged()
    with caplog.at_level(logging.INFO, logger="hpts"):
        assert is_access_logged()
