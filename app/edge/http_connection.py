"""One connection: requests are answered in their order, a refusal comes last, and no client keeps it beyond its deadlines.

What a client sends too early waits unread. What is refused is answered by the application like any other request.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from enum import Enum, auto
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from app.edge.asgi_types import Scope
from app.edge.connections import Connections
from app.edge.http_exchange import HttpExchange
from app.edge.lingering_transport import LingeringTransport
from app.edge.refusals import RequestTimeout, TooManyConnections
from app.edge.request import REFUSAL_KEY
from app.edge.request_head import HeaderFields
from app.refusal import Refusal


class Reading(Enum):
    """What of a request is being read: nothing yet, its head, or its body."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class Flow(FlowControl):
    """Reading stays paused while it is held, whatever the application asks for."""

    is_held = False

    def hold(self) -> None:
        self.is_held = True
        self.pause_reading()

    def resume_reading(self) -> None:
        if not self.is_held:
            super().resume_reading()


class HttpConnection(asyncio.Protocol, ABC):
    """`_arrived` holds what the parser has not been given yet, from `_position` on: at most what one system call has read.

    `_running` is the request that is being answered, `newest` the last one whose head was read, `waiting` those between them, the
    newest first. `_since` is when the present state of reading began; a first request has no more time than the silence before it
    has left. uvicorn's server keeps `server_state` and gives the arguments of `__init__` their names.
    """

    flow: Flow
    writer: LingeringTransport
    headers: HeaderFields

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        connections: Connections,
    ) -> None:
        self.server_state = server_state
        self.newest: HttpExchange | None = None
        self.waiting: deque[HttpExchange] = deque()
        self.loop = _loop or asyncio.get_running_loop()
        self._app: Any = config.loaded_app
        self._app_state = app_state
        self._connections = connections
        self._deadlines = connections.deadlines
        self._running: HttpExchange | None = None
        self._reading = Reading.NOTHING
        self._since = self.loop.time()
        self._has_served = False
        self._is_deaf = False
        self._is_unread = False
        self._arrived = b""
        self._position = 0

    def connection_made(self, transport: Any) -> None:
        self.server_state.connections.add(self)  # type: ignore[arg-type]
        self.writer = self.make_writer(transport)
        self.flow = Flow(transport)
        self._about_connection = self.describe(transport)
        if not self._connections.admit(self, self.loop):
            self.stop_reading()
            self._is_unread = True
            self._answer_refusal(TooManyConnections())

    def make_writer(self, transport: Any) -> LingeringTransport:
        return LingeringTransport(transport, self._connections.pending_writes, self.loop.time)

    def describe(self, transport: Any) -> dict[str, Any]:
        """What the scope of every request on this connection has."""
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "server": get_local_addr(transport),
            "client": get_remote_addr(transport),
            "scheme": "https" if is_ssl(transport) else "http",
            "root_path": "",
        }

    def connection_lost(self, exc: Exception | None) -> None:
        """What waits for its turn is dropped, and nothing refers to anything else, so that memory is given back at once."""
        self.server_state.connections.discard(self)
        self._connections.remove(self)
        self.waiting.clear()
        self.stop_reading()
        for exchange in (self._running, self.newest):
            if exchange is not None:
                exchange.abandon()
        self._running = self.newest = None
        self.flow.resume_writing()

    def shutdown(self) -> None:
        """The server stops: the connection ends now, or after the answers that are due."""
        if self._running is None:
            self.close()
        elif self.newest is not None:
            self.newest.may_last = False

    def pause_writing(self) -> None:
        self.flow.pause_writing()

    def resume_writing(self) -> None:
        self.flow.resume_writing()

    def make_room(self) -> None:
        self.stop_reading()
        self.close()

    def end_if_overdue(self, now: float) -> None:
        if self.writer.is_overdue(now, self._deadlines):
            self.writer.abort()
        elif self._is_deaf or (self._running is not None and self._reading is Reading.NOTHING):
            return
        elif self.flow.read_paused:
            self._since += self._deadlines.sweep
        elif self._reading is Reading.NOTHING:
            if now - self._since > (self._deadlines.idle if self._has_served else self._deadlines.head):
                self.close()
        elif self.is_too_slow(now - self._since):
            self.refuse(RequestTimeout())

    @abstractmethod
    def is_too_slow(self, seconds: float) -> bool:
        """Whether the request that is being read is overdue after these seconds."""

    @abstractmethod
    def method(self) -> str:
        """Of the request that is being read; "-" before it is known."""

    @abstractmethod
    def go_on(self) -> None:
        """Reads on in what has arrived, and lets more arrive, as long as not too many requests wait for their turn."""

    def close(self) -> None:
        """After what was written; a client that may still be sending is let to read it first."""
        is_looked_after = self._connections.has(self)
        self.writer.close(is_unread=is_looked_after and (self._is_unread or self._reading is not Reading.NOTHING))

    def end_exchange(self, exchange: HttpExchange) -> None:
        """The next request that waits is served, then what has arrived since is looked at."""
        self.server_state.total_requests += 1
        self._running = None
        if self.writer.is_closing():
            return
        if not exchange.is_complete and exchange.expects_continue:
            # Whether the client sends the body that it asked about is unknown, so that no next request can be found.
            self.close()
            return
        if self.waiting:
            self._start(self.waiting.pop())
        self.go_on()
        self.rest()

    def rest(self) -> None:
        if self._running is None and self._reading is Reading.NOTHING:
            self._since = self.loop.time()
            self._connections.idle[self] = None

    def serve(self, exchange: HttpExchange) -> None:
        """At once, or after those before it."""
        self.newest = exchange
        if self._running is None:
            self._start(exchange)
        else:
            self.waiting.appendleft(exchange)

    def _start(self, exchange: HttpExchange) -> None:
        self._running = exchange
        exchange.task = self.loop.create_task(exchange.run(self._app))
        self.server_state.tasks.add(exchange.task)

    def forget(self, exchange: HttpExchange) -> None:
        """The application has ended, so that a server that stops need not wait for it."""
        self.server_state.tasks.discard(exchange.task)
        exchange.task = None

    def scope(self, method: str, version: str, path: str, raw_path: bytes, query: bytes, headers: HeaderFields) -> Scope:
        """ASGI's, of a request on this connection."""
        return {
            **self._about_connection,
            "state": self._app_state.copy(),
            "method": method,
            "http_version": version,
            "path": path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": headers,
        }

    def refuse(self, refusal: Refusal) -> None:
        """Nothing more is read. Requests that are complete are answered first; one that is not is answered with the refusal."""
        self.stop_reading()
        self._is_unread = True
        self._connections.unfinished.pop(self, None)
        self.flow.hold()
        if self._reading is Reading.BODY:
            assert self.newest is not None, "a body has a head before it"
            if self.newest.is_started:
                self.close()
                return
            if self.newest is self._running:
                self.newest.abandon()
                self._running = None
            else:
                self.waiting.popleft()
        self._answer_refusal(refusal)

    def _answer_refusal(self, refusal: Refusal) -> None:
        self._reading = Reading.NOTHING
        # Who is told depends on the headers, as far as they were read: a partner host is silent without a certificate.
        scope = self.scope(self.method(), "1.1", "", b"", b"", self.headers)
        scope[REFUSAL_KEY] = refusal
        exchange = HttpExchange(self, scope, may_last=False)
        exchange.complete()
        self.serve(exchange)

    def stop_reading(self) -> None:
        """For good: the connection ends after the answers that are still due."""
        self._is_deaf = True
        self._is_unread |= self._position < len(self._arrived)
        self._arrived = b""
        self._position = 0
