"""HTTP requests written byte by byte, for those that no client library would send."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from http.client import HTTPResponse
from urllib.parse import urlsplit

import httpx

from tests.support.waiting import HANG_SECONDS

Header = tuple[str | bytes, str | bytes]


def request(method: str, path: str, headers: Iterable[Header], body: bytes = b"", *, length: bool = True) -> bytes:
    """The bytes of a request; `length=False` leaves Content-Length to `headers`."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: localhost", b"Connection: close"]
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in headers]
    if length:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body])


def exchange(url: str, sent: bytes) -> httpx.Response:
    """The answer to these bytes. A server that answers before it has read all of them may close the connection early."""
    with connect(url) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        answer = HTTPResponse(connection)
        answer.begin()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())


def connect(url: str) -> socket.socket:
    where = urlsplit(url)
    return socket.create_connection((where.hostname, where.port), timeout=HANG_SECONDS)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("ascii")
