"""The transport of a connection: one system call for each answer, and a close that lets the client read its answer first."""

import asyncio
from collections.abc import Callable
from typing import Any

from app import limits
from app.edge.connections import Deadlines


class OneWrite:
    """A transport that sends what was written during one iteration of the event loop by one call: head and body of an answer.

    `close` ends the sending side only, while `is_unread` says that the client may still be sending: closing both sides then would
    make the system reset the connection, and the client might lose the answer. What it still sends is thrown away.
    """

    __slots__ = (
        "_is_unread",
        "_lingering_since",
        "_loop",
        "_sent_bytes",
        "_taken_bytes",
        "_transport",
        "_waiting_since",
        "_written",
    )

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, is_unread: Callable[[], bool]) -> None:
        self._transport = transport
        self._loop = loop
        self._is_unread = is_unread
        self._written: list[bytes] = []
        self._sent_bytes = 0
        self._taken_bytes = 0
        self._waiting_since: float | None = None
        self._lingering_since: float | None = None

    def write(self, data: bytes) -> None:
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def close(self) -> None:
        self._send()
        if self.is_closing():
            return
        if self._is_unread():
            self._lingering_since = self._loop.time()
            self._transport.write_eof()
            self._transport.resume_reading()
        else:
            self._transport.close()

    def is_closing(self) -> bool:
        return self._lingering_since is not None or self._transport.is_closing()

    def is_overdue(self, now: float, deadlines: Deadlines) -> bool:
        """Whether the client has taken too little of what was written for too long, or still sends after its last answer."""
        waiting = self._transport.get_write_buffer_size()
        if not waiting:
            self._waiting_since = None
            return self._lingering_since is not None and now - self._lingering_since > deadlines.linger
        if self._lingering_since is not None:
            self._lingering_since = now
        taken = self._sent_bytes - waiting
        if self._waiting_since is None or taken - self._taken_bytes >= limits.WRITE_BYTES_PER_SECOND * deadlines.write:
            self._waiting_since, self._taken_bytes = now, taken
        return now - self._waiting_since > deadlines.write

    def _send(self) -> None:
        written, self._written = self._written, []
        if written and not self.is_closing():
            data = b"".join(written)
            self._sent_bytes += len(data)
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
