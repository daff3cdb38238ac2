"""Traces of real servers, as a collector of the test receives them."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.databases import Databases
from tests.support.server import running_server
from tests.support.waiting import wait_until

TRACE: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT: Final = "00f067aa0ba902b7"
NEEDLE: Final = "hunter2-needle"


class Collector(ThreadingHTTPServer):
    """Takes what OTLP exporters send, and keeps every span."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.spans: list[Any] = []
        self.text = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def of_trace(self, trace_id: str) -> list[Any]:
        return [span for span in self.spans if span.trace_id.hex() == trace_id]

    def requests(self, route: str) -> list[Any]:
        return [span for span in self.spans if span.name.endswith(route)]

    def below(self, parent: Any) -> list[Any]:
        return [span for span in self.spans if span.parent_span_id == parent.span_id]


class _Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            import gzip

            body = gzip.decompress(body)
        self.server.text += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.server.spans.extend(scope.spans)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_requests_batches_and_statements_are_spans(
    collector: Collector, databases: Databases, engine_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    with (
        databases.fresh(engine_name) as url,
        running_server(url, tmp_path) as server,
        server.client() as client,
    ):
        loan_id = client.open_loan()
        client.http.headers["traceparent"] = f"00-{TRACE}-{PARENT}-01"
        assert client.pay(loan_id, 100, metadata={"note": NEEDLE}, external_ref=NEEDLE).status_code == 201
        assert client.balance(loan_id, as_of_date="2001-01-01").status_code == 200
        wait_until(lambda: len(collector.of_trace(TRACE)) >= 3)
    payment = next(span for span in collector.of_trace(TRACE) if span.name == "POST /v1/payments")
    balance = next(span for span in collector.of_trace(TRACE) if span.name.startswith("GET /v1/loans"))
    assert payment.parent_span_id.hex() == balance.parent_span_id.hex() == PARENT
    [batch] = [span for span in collector.spans if payment.span_id in {link.span_id for link in span.links}]
    assert batch.name == "post batch"
    assert {"BEGIN", "COMMIT"} <= {span.name for span in collector.below(batch)}
    assert "SELECT" in {span.name for span in collector.below(balance)}
    assert NEEDLE.encode() not in collector.text
    assert client.token.encode() not in collector.text


def test_a_collector_that_is_away_disturbs_nothing(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    with databases.fresh("sqlite") as url, running_server(url, tmp_path) as server, server.client() as client:
        client.open_loan()
