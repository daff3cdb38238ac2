"""Answers GET /metrics on a port of its own, in a thread, so that whoever reads metrics needs no way to the API.

The socket is opened before the workers are forked, and any of them answers: the numbers are those of all.
"""

import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

PATH: Final = "/metrics"
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""The version that every Prometheus reads."""
CLIENT_SECONDS: Final = 10
"""How long a client may take to send its request, or to read its answer."""
_POLL_SECONDS: Final = 0.1
"""Between looks at whether the server is to stop."""
BACKLOG_OF_READERS: Final = 16


def open_metrics_socket(host: str, port: int) -> socket.socket:
    """Raises OSError when the port is taken or the address is none of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG_OF_READERS)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


class MetricsServer(ThreadingHTTPServer):
    """Serves `exposition` until `close`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listener: socket.socket, exposition: Callable[[], bytes]) -> None:
        super().__init__(listener.getsockname()[:2], _MetricsHandler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.exposition = exposition
        threading.Thread(target=self.serve_forever, args=(_POLL_SECONDS,), name="metrics", daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away, or is too slow, concerns nobody else."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _MetricsHandler(BaseHTTPRequestHandler):
    timeout = CLIENT_SECONDS
    server: MetricsServer
    server_version, sys_version = "hpts", ""

    def handle_one_request(self) -> None:
        """As the base does for the methods that a class defines, but for every method there is."""
        self.raw_requestline = self.rfile.readline(65_537)
        self.close_connection = True
        if not self.raw_requestline or not self.parse_request():
            return
        self._answer()

    def _answer(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self._send(HTTPStatus.NOT_FOUND)
        elif self.command not in ("GET", "HEAD"):
            self._send(HTTPStatus.METHOD_NOT_ALLOWED, allow="GET, HEAD")
        else:
            self._send(HTTPStatus.OK, self.server.exposition(), content_type=CONTENT_TYPE)

    def _send(self, status: HTTPStatus, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Readings of metrics are not logged."""
