"""A connection that sends thousands of requests byte by byte, which no client library would send unchanged."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from http.client import HTTPResponse

import httpx

from tests.support.raw import connect


class Wire:
    """The connection is opened again after the server has closed it."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token.encode()
        self._connection: socket.socket | None = None

    def send(self, method: str, target: str, headers: Iterable[tuple[str, bytes]] = (), body: bytes = b"") -> httpx.Response:
        """Target and values are sent unchanged, even if HTTP does not allow them."""
        lines = [f"{method} {target} HTTP/1.1".encode(), b"Host: localhost", b"Authorization: Bearer " + self._token]
        lines += [name.encode() + b": " + value for name, value in headers]
        return self._exchange(b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body]))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, sent: bytes) -> httpx.Response:
        if self._connection is None:
            self._connection = connect(self._url)
        with suppress(BrokenPipeError, ConnectionResetError):
            self._connection.sendall(sent)
        answer = HTTPResponse(self._connection)
        answer.begin()
        response = httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
        if answer.will_close:
            self.close()
        return response
