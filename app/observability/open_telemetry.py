"""Spans by OpenTelemetry, sent by OTLP over HTTP to OTEL_EXPORTER_OTLP_ENDPOINT; all OTEL_ variables of the SDK hold.

Errors are told by their type alone, and statements without their values, because spans leave the machine.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode, get_current_span, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

SERVER_ERROR: Final = 500
STATEMENT_CHARACTERS: Final = 2_000
_PROPAGATOR: Final = TraceContextTextMapPropagator()


class _TraceIds(RandomIdGenerator):
    """A request that begins its trace has a trace id already: the one in its log line and its answer."""

    given = 0

    def generate_trace_id(self) -> int:
        trace_id, self.given = self.given, 0
        return trace_id or super().generate_trace_id()


class OpenTelemetryRequest:
    def __init__(self, span: Span, method: str) -> None:
        self._span = span
        self._method = method

    def answered(self, route: str, status: int, problem_code: str) -> None:
        if route:
            self._span.update_name(f"{self._method} {route}")
            self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if problem_code:
            self._span.set_attribute("hpts.problem_code", problem_code)
        if status >= SERVER_ERROR:
            self._span.set_status(StatusCode.ERROR)


@contextmanager
def _current(span: Span) -> Iterator[Span]:
    """The SDK would note the words of an error that passes."""
    with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield span
        except Exception as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise


class OpenTelemetrySpans:
    """Made in the process that uses it: its sending thread does not survive a fork."""

    def __init__(self, processor: SpanProcessor | None = None) -> None:
        named = {} if "OTEL_SERVICE_NAME" in os.environ else {SERVICE_NAME: "hpts"}
        self._ids = _TraceIds()
        self._provider = TracerProvider(id_generator=self._ids, resource=Resource.create(named), shutdown_on_exit=False)
        self._provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("hpts")
        self._under_way: dict[str, list[SpanContext]] = {}

    @contextmanager
    def request(self, method: str, trace_id: str, traceparent: bytes) -> Iterator[OpenTelemetryRequest]:
        parent = Context()
        if traceparent.count(trace_id.encode()):
            parent = _PROPAGATOR.extract({"traceparent": traceparent.decode("ascii")}, parent)
        self._ids.given = int(trace_id, 16)
        span = self._tracer.start_span(method, context=parent, kind=SpanKind.SERVER, attributes={"http.request.method": method})
        self._ids.given = 0
        contexts = self._under_way.setdefault(trace_id, [])
        contexts.append(span.get_span_context())
        try:
            with _current(span):
                yield OpenTelemetryRequest(span, method)
        finally:
            contexts.remove(span.get_span_context())
            if not contexts:
                del self._under_way[trace_id]

    def batch(self, correlation_ids: Sequence[str]) -> AbstractContextManager[Span]:
        trace_ids = [each.replace("-", "") for each in correlation_ids]
        links = [Link(context) for trace_id in dict.fromkeys(trace_ids) for context in self._under_way.get(trace_id, ())]
        attributes = {"hpts.batch_size": len(trace_ids)}
        return _current(self._tracer.start_span("post batch", context=Context(), links=links, attributes=attributes))

    def statement(self, text: str, seconds: float, error: BaseException | None) -> None:
        if not get_current_span().is_recording():
            return
        ended = time.time_ns()
        span = self._tracer.start_span(
            text.split(None, 1)[0].rstrip(";").upper(),
            kind=SpanKind.CLIENT,
            attributes={"db.query.text": text[:STATEMENT_CHARACTERS]},
            start_time=ended - int(seconds * 1e9),
        )
        if error is not None:
            span.set_status(StatusCode.ERROR, type(error).__name__)
        span.end(ended)

    def close(self) -> None:
        self._provider.shutdown()
