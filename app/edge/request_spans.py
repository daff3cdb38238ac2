"""Traces each request: a span from its trace's parent to its answer."""

from app.edge.asgi_types import ASGIApp, Receive, Scope, Send
from app.edge.request import request_of
from app.observability.spans import Spans


class RequestSpans:
    """Stands within `Trace`, which knows the trace id."""

    def __init__(self, app: ASGIApp, spans: Spans) -> None:
        self.app = app
        self.spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = request_of(scope)
        traceparent = request.headers.get(b"traceparent", b"")
        with self.spans.request(scope["method"], request.trace_id, traceparent) as span:
            try:
                await self.app(scope, receive, send)
            finally:
                span.answered(request.route, request.status, request.problem_code)
