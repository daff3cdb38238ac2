"""The transport of a connection: it sends with the pending writes of all, and a close lets the client read its answer first."""

import asyncio
from collections.abc import Callable

from app import limits
from app.edge.connections import Deadlines
from app.edge.pending_writes import PendingWrites


class LingeringTransport:
    """`close` ends the sending side only, while `is_unread` says that the client may still be sending.

    Closing both sides then would make the system reset the connection, and the client might lose the answer. What it still
    sends is thrown away.
    """

    __slots__ = (
        "_lingering_since",
        "_now",
        "_pending",
        "_sent_bytes",
        "_taken_bytes",
        "_transport",
        "_waiting_since",
        "_written",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        pending: PendingWrites,
        now: Callable[[], float],
    ) -> None:
        self._transport = transport
        self._pending = pending
        self._written: list[bytes] = []
        self._now = now
        self._sent_bytes = 0
        self._taken_bytes = 0
        self._waiting_since: float | None = None
        self._lingering_since: float | None = None

    def write(self, data: bytes) -> None:
        if not self._written:
            self._pending.add(self)
        self._written.append(data)

    def send(self) -> None:
        """Everything written so far, by one call; nothing more goes out once the connection is closing."""
        written, self._written = self._written, []
        if written and not self.is_closing():
            data = b"".join(written)
            self._sent_bytes += len(data)
            self._transport.write(data)

    def close(self, *, is_unread: bool) -> None:
        self.send()
        if self.is_closing():
            return
        if is_unread:
            self.linger()
        else:
            self.end()

    def linger(self) -> None:
        """The connection is closing, and what the client still sends is read and thrown away."""
        self._lingering_since = self._now()
        self.end_sending()
        self._transport.resume_reading()

    def end_sending(self) -> None:
        self._transport.write_eof()

    def end(self) -> None:
        self._transport.close()

    def is_closing(self) -> bool:
        return self._lingering_since is not None or self._transport.is_closing()

    def is_overdue(self, now: float, deadlines: Deadlines) -> bool:
        """Whether the client has taken too little of what was written for too long, or still sends after its last answer."""
        waiting = self.unsent_bytes()
        if not waiting:
            self._waiting_since = None
            return self._lingering_since is not None and now - self._lingering_since > deadlines.linger
        if self._lingering_since is not None:
            self._lingering_since = now
        taken = self._sent_bytes - waiting
        if self._waiting_since is None or taken - self._taken_bytes >= limits.WRITE_BYTES_PER_SECOND * deadlines.write:
            self._waiting_since, self._taken_bytes = now, taken
        return now - self._waiting_since > deadlines.write

    def unsent_bytes(self) -> int:
        return self._transport.get_write_buffer_size()

    def abort(self) -> None:
        self._transport.abort()
