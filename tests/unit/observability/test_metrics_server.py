"""Metrics on a port of their own: one path, one method, and no client that keeps another waiting."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from app.observability.metrics_server import MetricsServer, open_metrics_socket
from tests.support.client import NO_TLS
from tests.support.waiting import HANG_SECONDS


@pytest.fixture
def server() -> Iterator[MetricsServer]:
    made = MetricsServer(open_metrics_socket("127.0.0.1", 0), lambda: b"hpts_postings_total 1\n")
    yield made
    made.close()


@pytest.fixture
def http(server: MetricsServer) -> Iterator[httpx.Client]:
    url = f"http://127.0.0.1:{server.server_address[1]}"
    with httpx.Client(base_url=url, timeout=HANG_SECONDS, verify=NO_TLS, trust_env=False) as client:
        yield client


def test_metrics_are_text_of_prometheus(http: httpx.Client) -> None:
    answer = http.get("/metrics")
    assert (answer.status_code, answer.text) == (200, "hpts_postings_total 1\n")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert http.get("/metrics", params={"x": "1"}).status_code == 200
    assert (http.head("/metrics").status_code, http.head("/metrics").content) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_other_methods_are_not_allowed(http: httpx.Client, method: str) -> None:
    answer = http.request(method, "/metrics")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/metrics/", "/v1/health/live", "/favicon.ico"])
def test_other_paths_are_not_found(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_a_client_that_says_nothing_keeps_nobody_waiting(server: MetricsServer, http: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1])):
        assert http.get("/metrics").status_code == 200


@pytest.mark.parametrize("sent", [b"", b"nonsense\r\n\r\n", b"GET /metrics HTTP/9.9\r\n\r\n", b"\x00" * 70_000])
def test_what_is_no_request_is_answered_or_dropped_in_silence(
    server: MetricsServer, http: httpx.Client, sent: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1])) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(HANG_SECONDS)
        try:
            while connection.recv(65_536):
                pass
        except ConnectionResetError:
            pass
    assert http.get("/metrics").status_code == 200
    assert capfd.readouterr().err == ""


def test_a_port_that_is_taken_is_an_error(server: MetricsServer) -> None:
    with pytest.raises(OSError, match="in use"):
        open_metrics_socket("127.0.0.1", server.server_address[1])
