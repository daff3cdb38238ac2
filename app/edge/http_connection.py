"""One connection: requests are answered in their order, a refusal comes last, and no client keeps it beyond its deadlines.

What a client sends too early waits unread. What is refused is answered by the application like any other request.
"""

import asyncio
from abc import ABC, abstractmethod
from enum import Enum, auto
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.edge.connections import Connections
from app.edge.one_write import OneWrite
from app.edge.refusals import RequestTimeout, TooManyConnections
from app.edge.request import REFUSAL_KEY
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


class HttpConnection(HttpToolsProtocol, ABC):
    """`_arrived` holds what the parser has not been given yet, from `_position` on: at most what one system call has read.

    `_running` is the request that is being answered, `cycle` the newest one. `_since` is when the present state of reading began;
    a first request has no more time than the silence before it has left.
    """

    flow: Flow

    def __init__(self, *arguments: Any, connections: Connections, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._connections = connections
        self._deadlines = connections.deadlines
        self._running: RequestResponseCycle | None = None
        self._reading = Reading.NOTHING
        self._since = self.loop.time()
        self._has_served = False
        self._is_deaf = False
        self._is_unread = False
        self._arrived = b""
        self._position = 0

    def connection_made(self, transport: Any) -> None:
        self._writer = OneWrite(transport, self.loop, self._may_still_send)
        super().connection_made(self._writer)  # type: ignore[arg-type]
        self.flow = Flow(transport)
        if not self._connections.admit(self, self.loop):
            self.stop_reading()
            self._is_unread = True
            self._answer_refusal(TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        """What waits for its turn is dropped, and nothing refers to anything else, so that memory is given back at once."""
        self._connections.remove(self)
        self.pipeline.clear()
        self.stop_reading()
        if self._running is not None:
            self._abandon(self._running)
        super().connection_lost(exc)
        self._running = self.cycle = None  # type: ignore[assignment]
        self.scope = self.headers = None  # type: ignore[assignment]

    def make_room(self) -> None:
        self.stop_reading()
        self._writer.close()

    def end_if_overdue(self, now: float) -> None:
        if self._writer.is_overdue(now, self._deadlines):
            self._writer.abort()
        elif self._is_deaf or (self._running is not None and self._reading is Reading.NOTHING):
            return
        elif self.flow.read_paused:
            self._since += self._deadlines.sweep
        elif self._reading is Reading.NOTHING:
            if now - self._since > (self._deadlines.idle if self._has_served else self._deadlines.head):
                self._writer.close()
        elif self.is_too_slow(now - self._since):
            self.refuse(RequestTimeout())

    @abstractmethod
    def is_too_slow(self, seconds: float) -> bool:
        """Whether the request that is being read is overdue after these seconds."""

    @abstractmethod
    def go_on(self) -> None:
        """Reads on in what has arrived, and lets more arrive, as long as not too many requests wait for their turn."""

    def _may_still_send(self) -> bool:
        return self._connections.has(self) and (self._is_unread or self._reading is not Reading.NOTHING)

    def on_response_complete(self) -> None:
        """The next request that waits is served, then what has arrived since is looked at."""
        self.server_state.total_requests += 1
        answered, self._running = self._running, None
        if self._writer.is_closing():
            return
        if answered is not None and answered.more_body and self.expect_100_continue:
            # Whether the client sends the body that it asked about is unknown, so that no next request can be found.
            self._writer.close()
            return
        if self.pipeline:
            self._start(self.pipeline.pop()[0])
        self.go_on()
        self.rest()

    def rest(self) -> None:
        if self._running is None and self._reading is Reading.NOTHING:
            self._since = self.loop.time()
            self._connections.idle[self] = None

    def make_cycle(self, scope: Any, *, keep_alive: bool) -> RequestResponseCycle:
        return RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )

    def run_in_turn(self, cycle: RequestResponseCycle) -> None:
        if self._running is None:
            self._start(cycle)
        else:
            self.pipeline.appendleft((cycle, self.app))

    def _start(self, cycle: RequestResponseCycle) -> None:
        self._running = cycle
        self._start_asgi_task(cycle, self.app)

    def refuse(self, refusal: Refusal) -> None:
        """Nothing more is read. Requests that are complete are answered first; one that is not is answered with the refusal."""
        self.stop_reading()
        self._is_unread = True
        self._connections.unfinished.pop(self, None)
        self.flow.hold()
        if self._reading is Reading.BODY:
            unfinished = self.cycle
            if unfinished.response_started:
                self._writer.close()
                return
            if unfinished is self._running:
                self._abandon(unfinished)
                self._running = None
            else:
                self.pipeline.popleft()
        self._answer_refusal(refusal)

    def _answer_refusal(self, refusal: Refusal) -> None:
        method = self.parser.get_method().decode("ascii") if self.url else "-"
        self.on_message_begin()
        scope: Any = self.scope
        scope |= {"method": method, "path": "", "raw_path": b"", "query_string": b"", REFUSAL_KEY: refusal}
        self._reading = Reading.NOTHING
        self.cycle = self.make_cycle(scope, keep_alive=False)
        self.cycle.more_body = False
        self.run_in_turn(self.cycle)

    def stop_reading(self) -> None:
        """For good: the connection ends after the answers that are still due."""
        self._is_deaf = True
        self._is_unread |= self._position < len(self._arrived)
        self._arrived = b""
        self._position = 0

    def _abandon(self, cycle: RequestResponseCycle) -> None:
        """For a request that is not going to be complete, or whose client has gone: what it answers is not sent."""
        cycle.disconnected = True
        cycle.on_response = _nothing
        cycle.message_event.set()


def _nothing() -> None:
    """The end of an answer that nobody waits for."""
