"""All connections of a worker process: how many it keeps open, and the deadlines that none of them may exceed."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final, Protocol

from app import limits
from app.edge.pending_writes import PendingWrites

SWEEP_SECONDS: Final = 1.0
REFUSED_CONNECTIONS: Final = 64
"""Connections above the limit that are given the time to read why they were refused; further ones are closed at once."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of limits.py, in seconds; tests have shorter ones. Every `sweep` seconds it is looked what is overdue."""

    head: float = limits.HEAD_SECONDS
    body: float = limits.BODY_SECONDS
    idle: float = limits.IDLE_SECONDS
    write: float = limits.WRITE_SECONDS
    linger: float = limits.LINGER_SECONDS
    sweep: float = SWEEP_SECONDS


class Handshake(Protocol):
    """What is asked of a connection whose handshake is not complete."""

    def make_room(self) -> None: ...


class Connection(Handshake, Protocol):
    """What is asked of a connection: to end itself when it is overdue, or to make room."""

    def end_if_overdue(self, now: float) -> None: ...


class Connections:
    """`idle` has the connections without any request, `unfinished` those whose request has not arrived as far as its last header.

    `handshakes` has those whose TLS handshake is not complete, as many as there may be connections; they are none yet.

    All have the oldest first. They are dictionaries because a set has no order.
    """

    def __init__(self, most: int = limits.CONNECTIONS, deadlines: Deadlines | None = None) -> None:
        self.most = most
        self.deadlines = deadlines or Deadlines()
        self.idle: dict[Connection, None] = {}
        self.unfinished: dict[Connection, None] = {}
        self.pending_writes = PendingWrites()
        self.handshakes: dict[Handshake, None] = {}
        self._open: set[Connection] = set()
        self._refused: set[Connection] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    def admit(self, connection: Connection, loop: Any) -> bool:
        """Whether there is room for one more, if need be that of another one which has no request under way."""
        if self._sweeping is None:
            self._sweeping = loop.call_later(self.deadlines.sweep, self._sweep, loop)
        if len(self._open) >= self.most and not self._make_room():
            if len(self._refused) < REFUSED_CONNECTIONS:
                self._refused.add(connection)
            return False
        self._open.add(connection)
        self.idle[connection] = None
        return True

    def begin_handshake(self, handshake: Handshake) -> None:
        if len(self.handshakes) >= self.most:
            oldest = next(iter(self.handshakes))
            del self.handshakes[oldest]
            oldest.make_room()
        self.handshakes[handshake] = None

    def has(self, connection: Connection) -> bool:
        """Whether its deadlines are looked after; one that is not has to be closed at once."""
        return connection in self._open or connection in self._refused

    def remove(self, connection: Connection) -> None:
        self._open.discard(connection)
        self._refused.discard(connection)
        self.idle.pop(connection, None)
        self.unfinished.pop(connection, None)

    def _make_room(self) -> bool:
        oldest = next(iter(self.idle), None) or next(iter(self.unfinished), None)
        if oldest is None:
            return False
        self.remove(oldest)
        oldest.make_room()
        return True

    def _sweep(self, loop: Any) -> None:
        now = loop.time()
        for connection in [*self._open, *self._refused]:
            connection.end_if_overdue(now)
        is_any = bool(self._open or self._refused)
        self._sweeping = loop.call_later(self.deadlines.sweep, self._sweep, loop) if is_any else None
