"""Spans of one worker: which trace they belong to, what they are linked with, and that they hold nothing a caller sent."""

from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from app.observability.open_telemetry import STATEMENT_CHARACTERS, OpenTelemetrySpans

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CORRELATION = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"
PARENT = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Recorded:
    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.spans = OpenTelemetrySpans(SimpleSpanProcessor(self._exporter))

    def finished(self) -> Sequence[ReadableSpan]:
        return self._exporter.get_finished_spans()


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


def trace_of_span(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


@pytest.mark.parametrize(("traceparent", "parent"), [(PARENT, 0x00F067AA0BA902B7), (b"", None), (b"nonsense", None)])
def test_a_request_is_a_span_of_its_trace(recorded: Recorded, traceparent: bytes, parent: int | None) -> None:
    with recorded.spans.request("POST", TRACE, traceparent) as request:
        request.answered("/v1/payments", 201, "")
    [span] = recorded.finished()
    assert (trace_of_span(span), span.name, span.kind) == (TRACE, "POST /v1/payments", SpanKind.SERVER)
    assert (span.parent and span.parent.span_id) == parent
    assert span.attributes == {
        "http.request.method": "POST", "http.route": "/v1/payments", "http.response.status_code": 201
    }  # fmt: skip
    assert span.status.status_code is StatusCode.UNSET


def test_a_failure_of_ours_is_an_error_and_a_refusal_is_none(recorded: Recorded) -> None:
    for status, code in ((422, "loan_not_found"), (503, "unavailable")):
        with recorded.spans.request("POST", TRACE, b"") as request:
            request.answered("/v1/payments", status, code)
    refused, failed = recorded.finished()
    assert refused.status.status_code is StatusCode.UNSET
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.attributes is not None
    assert failed.attributes["hpts.problem_code"] == "unavailable"


def test_an_error_that_passes_leaves_no_words_in_the_span(recorded: Recorded) -> None:
    for spans in (recorded.spans.request("GET", TRACE, b""), recorded.spans.batch([])):
        with pytest.raises(ValueError, match="secret"), spans:
            raise ValueError("secret")
    for span in recorded.finished():
        assert "secret" not in span.to_json()
        assert span.status.status_code is StatusCode.ERROR


def test_a_batch_is_linked_with_the_requests_that_wait_for_it(recorded: Recorded) -> None:
    other = "0" * 31 + "1"
    of_other = f"{other[:8]}-{other[8:12]}-{other[12:16]}-{other[16:20]}-{other[20:]}"
    with (
        recorded.spans.request("POST", TRACE, b""),
        recorded.spans.request("POST", other, b""),
        recorded.spans.batch([CORRELATION, of_other]),
    ):
        recorded.spans.statement("COMMIT", 0.001, None)
    statement, batch, *requests = recorded.finished()
    assert batch.context is not None
    assert {link.context.span_id for link in batch.links} == {each.context.span_id for each in requests if each.context}
    assert batch.parent is None
    assert trace_of_span(batch) not in (TRACE, other)
    assert statement.parent is not None
    assert statement.parent.span_id == batch.context.span_id


def test_a_request_that_is_over_is_linked_with_nothing(recorded: Recorded) -> None:
    with recorded.spans.request("POST", TRACE, b""):
        pass
    with recorded.spans.batch([CORRELATION]):
        pass
    assert recorded.finished()[-1].links == ()


def test_a_statement_is_told_by_its_text_and_how_long_it_took(recorded: Recorded) -> None:
    with recorded.spans.request("GET", TRACE, b""):
        recorded.spans.statement("select " + "x" * 10_000, 0.25, TimeoutError("secret"))
    span, _ = recorded.finished()
    assert (span.name, span.kind, span.status.status_code) == ("SELECT", SpanKind.CLIENT, StatusCode.ERROR)
    assert span.start_time is not None
    assert span.end_time is not None
    assert span.end_time - span.start_time == 250_000_000
    assert span.attributes is not None
    assert len(str(span.attributes["db.query.text"])) == STATEMENT_CHARACTERS
    assert "secret" not in span.to_json()


def test_statements_of_the_work_beside_requests_are_not_traced(recorded: Recorded) -> None:
    recorded.spans.statement("SELECT 1", 0.1, None)
    assert recorded.finished() == ()
    recorded.spans.close()
