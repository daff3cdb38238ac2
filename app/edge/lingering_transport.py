"""The transport of a connection, with a close that lets the client read its last answer first, and a count of what it takes."""

import asyncio
from collections.abc import Callable

from app import limits
from app.edge.connections import Deadlines


class LingeringTransport:
    """`close` ends the sending side only, while `is_unread` says that the client may still be sending.

    Closing both sides then would make the system reset the connection, and the client might lose the answer. What it still
    sends is thrown away.
    """

    __slots__ = (
        "_is_unread",
        "_lingering_since",
        "_now",
        "_sent_bytes",
        "_taken_bytes",
        "_transport",
        "_waiting_since",
    )

    def __init__(self, transport: asyncio.Transport, now: Callable[[], float], is_unread: Callable[[], bool]) -> None:
        self._transport = transport
        self._now = now
        self._is_unread = is_unread
        self._sent_bytes = 0
        self._taken_bytes = 0
        self._waiting_since: float | None = None
        self._lingering_since: float | None = None

    def write(self, data: bytes) -> None:
        """Nothing more goes out once the connection is closing."""
        if not self.is_closing():
            self._sent_bytes += len(data)
            self._transport.write(data)

    def close(self) -> None:
        if self.is_closing():
            return
        if self._is_unread():
            self._lingering_since = self._now()
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

    def abort(self) -> None:
        self._transport.abort()
