"""HTTP/1.1: uvicorn's protocol, with one system call for each answer and a problem document for what is not HTTP."""

import asyncio
from typing import Any, Final

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.edge.respond import COMMON, PROBLEM
from app.edge.trace import new_trace_id

_CODE: Final = "validation_failed"
_NOT_HTTP: Final = {
    "type": f"/problems/{_CODE}",
    "title": "Request does not match the contract",
    "status": 400,
    "detail": "the request is not valid HTTP/1.1",
    "code": _CODE,
}


class Http1(HttpToolsProtocol):
    """One connection."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(OneWrite(transport, self.loop))  # type: ignore[arg-type]

    def on_header(self, name: bytes, value: bytes) -> None:
        """White space at the end of a value does not belong to it (RFC 9110, 5.5); the parser leaves it there."""
        super().on_header(name, value.rstrip(b" \t"))

    def send_400_response(self, msg: str) -> None:
        """For input that the parser refuses, so that it never reaches the application."""
        body = orjson.dumps(_NOT_HTTP | {"trace_id": new_trace_id()})
        headers = [*COMMON[PROBLEM], (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        lines = [b"HTTP/1.1 400 Bad Request", *(b"%s: %s" % header for header in headers), b"", body]
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()


class OneWrite:
    """A transport that sends what was written during one iteration of the event loop by one call: head and body of an answer."""

    __slots__ = ("_loop", "_transport", "_written")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._written: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        written, self._written = self._written, []
        if written and not self._transport.is_closing():
            self._transport.write(b"".join(written))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
