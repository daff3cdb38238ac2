"""Every request has a span, which is told how it was answered."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.edge.asgi_types import Receive, Scope, Send
from app.edge.request import request_of
from app.edge.request_spans import RequestSpans
from app.edge.trace import Trace
from tests.corpora.trace_contexts import PLAIN, TRACE
from tests.unit.edge.support import http_scope, send_request


class KeptSpans:
    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    @contextmanager
    def request(self, method: str, trace_id: str, traceparent: bytes) -> Iterator["KeptSpans"]:
        self.told.append((method, trace_id, traceparent))
        yield self

    def answered(self, route: str, status: int, problem_code: str) -> None:
        self.told.append((route, status, problem_code))


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    request_of(scope).route = "/v1/payments"
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def fail(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("it went wrong")


async def test_a_span_begins_with_the_trace_and_ends_with_the_answer() -> None:
    spans = KeptSpans()
    app = Trace(RequestSpans(answer, spans))  # type: ignore[arg-type]
    await send_request(app, http_scope("POST", "/", [(b"traceparent", PLAIN.encode())]))
    assert spans.told == [("POST", TRACE, PLAIN.encode()), ("/v1/payments", 201, "")]


async def test_a_request_that_fails_ends_its_span() -> None:
    spans = KeptSpans()
    with pytest.raises(ValueError, match="went wrong"):
        await send_request(Trace(RequestSpans(fail, spans)), http_scope("GET", "/"))  # type: ignore[arg-type]
    assert spans.told[-1] == ("", 0, "")
