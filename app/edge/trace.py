"""The trace of a request: the one of a valid W3C traceparent header, else a new one.

It is the outermost middleware, so that every answer and every log line has a trace id, and observers see every request. Answers
name it in REQUEST_TRACE.
"""

import os
import re
from collections.abc import Callable, Sequence
from time import perf_counter, time_ns
from typing import Final

from app.edge.asgi_types import ASGIApp, Message, Receive, Scope, Send
from app.edge.request import SCOPE_KEY, Request, request_of

TRACEPARENT: Final = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?", re.DOTALL)
REQUEST_TRACE: Final = b"x-request-trace"
NO_TRACE: Final = b"0" * 32
NO_PARENT: Final = b"0" * 16


def trace_id_of(traceparent: bytes) -> str | None:
    """The trace id, 32 hex digits, of a header that W3C Trace Context calls valid."""
    match = TRACEPARENT.fullmatch(traceparent)
    if match is None:
        return None
    version, trace_id, parent_id, more = match.groups()
    if version == b"ff" or trace_id == NO_TRACE or parent_id == NO_PARENT:
        return None
    if version == b"00" and more is not None:
        return None
    return trace_id.decode("ascii")


def new_trace_id() -> str:
    """Begins with the time, in milliseconds: what is posted together is together in the journal's index of correlation ids."""
    return f"{time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"


Observer = Callable[[Scope, Request, float], None]
"""Is given a request that is over, and the seconds that it took."""


def with_trace(app: ASGIApp) -> ASGIApp:
    """The application with the headers of its request on every answer; operations and problems have them already."""

    async def traced(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *request_of(scope).response_headers]}
            await send(message)

        await app(scope, receive, send_traced)

    return traced


class Trace:
    """Makes the Request, continues or starts its trace, and shows it to the observers when it is over."""

    def __init__(self, app: ASGIApp, observers: Sequence[Observer] = ()) -> None:
        self.app = app
        self.observers = tuple(observers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        request = Request(scope["headers"])
        scope[SCOPE_KEY] = request
        traceparent = request.headers.get(b"traceparent")
        if traceparent is None or b"traceparent" in request.repeated_headers:
            request.trace_id = new_trace_id()
        else:
            request.trace_id = trace_id_of(traceparent) or new_trace_id()
        request.response_headers = ((REQUEST_TRACE, request.trace_id.encode("ascii")),)

        async def recorded(message: Message) -> None:
            if not request.status:
                request.status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, recorded)
        finally:
            for observe in self.observers:
                observe(scope, request, perf_counter() - started)
