"""Which trace a request belongs to."""

from time import time_ns

import pytest

from app.edge.asgi_types import Receive, Scope, Send
from app.edge.request import Request
from app.edge.trace import Trace, new_trace_id, trace_id_of
from tests.corpora.trace_contexts import ANOTHER, CONTINUED, PLAIN, TRACE
from tests.unit.edge.support import Edge, http_scope, send_request


@pytest.mark.parametrize("traceparent", CONTINUED)
def test_a_valid_traceparent_is_continued(traceparent: str) -> None:
    value = traceparent.strip()
    assert trace_id_of(value.encode()) == value.split("-")[1]


@pytest.mark.parametrize("traceparent", [*ANOTHER, f" {PLAIN}", f"{PLAIN}\n"])
def test_an_invalid_traceparent_is_not(traceparent: str) -> None:
    assert trace_id_of(traceparent.encode()) is None


def test_a_new_trace_id_is_valid_and_begins_with_its_time() -> None:
    before, trace_id, after = time_ns(), new_trace_id(), time_ns()
    assert trace_id_of(f"00-{trace_id}-00f067aa0ba902b7-01".encode()) == trace_id
    assert before // 1_000_000 <= int(trace_id[:12], 16) <= after // 1_000_000
    assert new_trace_id() != trace_id


async def test_the_handler_sees_the_trace_of_the_caller(edge: Edge) -> None:
    await edge.post(None, (b"traceparent", PLAIN.encode()))
    assert edge.handlers.calls[0].trace_id == TRACE


async def test_a_doubled_traceparent_starts_a_new_trace(edge: Edge) -> None:
    traceparent = (b"traceparent", PLAIN.encode())
    reply = await edge.post(None, traceparent, traceparent)
    assert reply.status == 201
    assert edge.handlers.calls[0].trace_id != TRACE


async def test_an_invalid_traceparent_starts_a_new_trace_and_is_no_error(edge: Edge) -> None:
    reply = await edge.post(None, (b"traceparent", b"nonsense"))
    assert reply.status == 201
    assert len(edge.handlers.calls[0].trace_id) == 32


async def test_two_requests_without_one_have_different_traces(edge: Edge) -> None:
    await edge.post()
    await edge.post()
    assert edge.handlers.calls[0].trace_id != edge.handlers.calls[1].trace_id


async def test_a_problem_names_the_trace(edge: Edge) -> None:
    reply = await edge.get("/v1/nowhere", (b"traceparent", PLAIN.encode()))
    assert reply.json["trace_id"] == TRACE


async def test_an_operation_a_problem_and_a_page_name_the_trace_once(edge: Edge) -> None:
    sent = (b"traceparent", PLAIN.encode())
    replies = [await edge.post(None, sent), await edge.get("/v1/nowhere", sent), await edge.get("/docs", sent)]
    assert [reply.status for reply in replies] == [201, 404, 200]
    for reply in replies:
        assert [value for name, value in reply.headers if name == b"x-request-trace"] == [TRACE.encode()]


async def test_observers_see_each_request_once_when_it_is_over() -> None:
    seen: list[tuple[str, int, str]] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def observe(scope: Scope, request: Request, seconds: float) -> None:
        assert seconds > 0
        seen.append((scope["method"], request.status, request.trace_id))

    await send_request(Trace(answer, [observe, observe]), http_scope("POST", "/", [(b"traceparent", PLAIN.encode())]))
    assert seen == [("POST", 201, TRACE)] * 2
