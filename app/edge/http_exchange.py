"""One request and its answer: the ASGI messages between a connection and the application.

It stands in place of uvicorn's `RequestResponseCycle`, because every request needs one and this one costs half as much: the head
of an answer waits for its body, so that both are one write, and a request that arrived complete needs no event to wait for.
"""

import asyncio
import logging
from http import HTTPStatus
from typing import Any, Final, Protocol

from app.edge.asgi_types import ASGIApp, Message, Scope

logger: Final = logging.getLogger("hpts.edge")

STATUS_LINES: Final = {status: b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode("ascii")) for status in HTTPStatus}
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK: Final = b"0\r\n\r\n"
WITHOUT_BODY: Final = frozenset((HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED))
FAILED: Final = (b"content-type", b"text/plain"), (b"connection", b"close")


class Channel(Protocol):
    """What an exchange needs of its connection."""

    flow: Any
    writer: Any
    server_state: Any

    def close(self) -> None: ...

    def end_exchange(self, exchange: "HttpExchange") -> None: ...

    def forget(self, exchange: "HttpExchange") -> None: ...


class HttpExchange:
    """`may_last` says whether the connection goes on afterwards, `expects_continue` whether the client waits to be asked for
    its body. `waiting_bytes` of the body have arrived and were not received.

    An abandoned exchange has no client any more, or was refused before it was complete: what the application answers is not sent.
    """

    __slots__ = (
        "_channel",
        "_event",
        "_has_arrived",
        "_head",
        "_is_chunked",
        "_left_bytes",
        "_must_continue",
        "_parts",
        "expects_continue",
        "is_abandoned",
        "is_answered",
        "is_complete",
        "is_started",
        "may_last",
        "scope",
        "task",
        "waiting_bytes",
    )

    def __init__(self, channel: Channel, scope: Scope, *, may_last: bool, expects_continue: bool = False) -> None:
        self.scope = scope
        self.may_last = may_last
        self.expects_continue = expects_continue
        self.is_complete = False
        self.is_started = False
        self.is_answered = False
        self.is_abandoned = False
        self.waiting_bytes = 0
        self.task: asyncio.Task[None] | None = None
        self._channel = channel
        self._parts: list[bytes] = []
        self._has_arrived = False
        self._event: asyncio.Event | None = None
        self._head: bytes | None = None
        self._must_continue = expects_continue
        self._is_chunked = False
        self._left_bytes = 0

    async def run(self, app: ASGIApp) -> None:
        """An application that fails, or ends without an answer, has its client told so, or else the connection ended."""
        try:
            await app(self.scope, self.receive, self.send)
            if not (self.is_answered or self.is_abandoned):
                raise RuntimeError("the application has not completed its answer")
        except (Exception, asyncio.CancelledError) as error:
            logger.error("the application failed", exc_info=error)
            self._fail()
        finally:
            self._channel.forget(self)

    def _fail(self) -> None:
        if self.is_abandoned or self.is_answered:
            return
        if self.is_started:
            self._channel.close()
            return
        body = b"Internal Server Error"
        self._begin(HTTPStatus.INTERNAL_SERVER_ERROR, (*FAILED, (b"content-length", b"%d" % len(body))))
        self._continue(body, more=False)

    def add(self, body: bytes) -> None:
        """A part of the body has arrived."""
        self._parts.append(body)
        self.waiting_bytes += len(body)
        self.wake()

    def complete(self) -> None:
        """The end of the body has arrived."""
        self.is_complete = True
        self.wake()

    def abandon(self) -> None:
        self.is_abandoned = True
        self.wake()

    def wake(self) -> None:
        self._has_arrived = True
        if self._event is not None:
            self._event.set()

    async def receive(self) -> Message:
        """ASGI's: what of the body has arrived since, or that the client has gone or needs nothing more."""
        if not (self.is_abandoned or self.is_answered):
            if self._must_continue:
                self._must_continue = False
                self._channel.writer.write(CONTINUE)
            self._channel.flow.resume_reading()
            if not self._has_arrived:
                self._event = self._event or asyncio.Event()
                await self._event.wait()
                self._event.clear()
            self._has_arrived = False
        if self.is_abandoned or self.is_answered:
            return {"type": "http.disconnect"}
        parts, self._parts = self._parts, []
        self.waiting_bytes = 0
        return {"type": "http.request", "body": b"".join(parts), "more_body": not self.is_complete}

    async def send(self, message: Message) -> None:
        """ASGI's: the head of the answer, then its body in one or more parts. Raises RuntimeError for anything else."""
        if self._channel.flow.write_paused and not self.is_abandoned:
            await self._channel.flow.drain()
        if self.is_abandoned:
            return
        kind = message["type"]
        if kind == "http.response.start" and self._head is None:
            self._begin(message["status"], message["headers"])
        elif kind == "http.response.body" and self._head is not None and not self.is_answered:
            self._continue(message.get("body", b""), more=message.get("more_body", False))
        else:
            raise RuntimeError(f"the application sent {kind} out of turn")

    def _begin(self, status: int, headers: Any) -> None:
        fields = [*self._channel.server_state.default_headers, *headers]
        head = b"".join([b"%b: %b\r\n" % field for field in fields])
        if len(head.splitlines()) != len(fields) or b"\0" in head:
            raise RuntimeError("a header of an answer has a line break or a null in it")
        values = dict(fields)
        connection = values.get(b"connection")
        if connection is not None and b"close" in connection.lower():
            self.may_last = False
        elif not self.may_last:
            head += b"connection: close\r\n"
        length = values.get(b"content-length")
        self._is_chunked = False
        if length is not None:
            self._left_bytes = int(length)
        elif self.scope["method"] != "HEAD" and status not in WITHOUT_BODY:
            self._is_chunked = True
            head += b"transfer-encoding: chunked\r\n"
        self._must_continue = False
        self._head = b"%b%b\r\n" % (STATUS_LINES[status], head)  # type: ignore[index]

    def _continue(self, body: bytes, *, more: bool) -> None:
        assert self._head is not None, "the head comes first"
        data = self._head + self._framed(body, more=more)
        self._head = b""
        if data:
            self.is_started = True
            self._channel.writer.write(data)
        if not more:
            self.is_answered = True
            self.wake()
            if not self.may_last:
                self._channel.close()
            self._channel.end_exchange(self)

    def _framed(self, body: bytes, *, more: bool) -> bytes:
        if self.scope["method"] == "HEAD":
            return b""
        if self._is_chunked:
            chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            return chunk if more else chunk + LAST_CHUNK
        self._left_bytes -= len(body)
        if self._left_bytes < 0 or (self._left_bytes and not more):
            raise RuntimeError("an answer is not as long as its head says")
        return body
