"""One HTTP/1.1 connection to a receiver, for one request at a time.

httptools finds where an answer ends, so that the connection can be used again. The status line alone says whether an entry is
delivered: once it has arrived, nothing that follows changes it, neither a broken header nor a body that never ends.
"""

import asyncio
import re
from typing import Final, NamedTuple, cast

import httptools

ANSWER_BYTES: Final = 64 * 1024
"""Read of one answer at most; the connection is closed when there is more."""
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: [^\r\n]*)?\r?\n")


class ReceiverAnswer(NamedTuple):
    status: int
    retry_after: str | None = None


class ConnectionEnded(Exception):
    """There was no answer; `is_unused` when not a byte of one arrived, as when an idle connection was closed meanwhile."""

    def __init__(self, *, is_unused: bool) -> None:
        super().__init__()
        self.is_unused = is_unused


class ReceiverConnection(asyncio.Protocol):
    """`exchange` sends a request; `is_open` says whether another one may follow."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[ReceiverAnswer] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._received = bytearray()
        self._status: int | None = None
        self._retry_after: str | None = None
        self.is_open = False

    async def exchange(self, request: bytes) -> ReceiverAnswer:
        """Raises ConnectionEnded; cancelled, it closes the connection."""
        if self._transport is None or not self.is_open:
            raise ConnectionEnded(is_unused=True)
        self._answer = asyncio.get_running_loop().create_future()
        self._received.clear()
        self._status, self._retry_after = None, None
        self._transport.write(request)
        try:
            return await self._answer
        except asyncio.CancelledError:
            self.close()
            raise

    def status_so_far(self) -> int | None:
        """Of the final status line, also when the rest of the answer did not arrive."""
        if self._status is not None:
            return self._status
        lines = _STATUS_LINE.match(self._received)
        while lines is not None and lines[1].startswith(b"1"):
            end = self._received.find(b"\r\n\r\n", lines.start())
            lines = _STATUS_LINE.match(self._received, end + 4) if end >= 0 else None
        return None if lines is None else int(lines[1])

    def close(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # more than one answer: what belongs to what is unknown
            return
        self._received += data[: ANSWER_BYTES - len(self._received)]
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._end()
        if len(self._received) >= ANSWER_BYTES:
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def on_message_begin(self) -> None:
        if self._answer is None or self._answer.done():
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"retry-after" and self._retry_after is None:
            self._retry_after = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200:
            self._status = status

    def on_message_complete(self) -> None:
        if self._status is None:
            self._retry_after = None
            return
        self.is_open = self.is_open and self._parser.should_keep_alive()
        self._settle(ReceiverAnswer(self._status, self._retry_after))
        if not self.is_open:
            self.close()

    def _end(self) -> None:
        """The connection is of no further use: an answer whose status is known counts, however it ended."""
        status = self.status_so_far()
        is_unused = not self._received
        self.close()
        if status is not None:
            self._settle(ReceiverAnswer(status, self._retry_after))
        elif self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionEnded(is_unused=is_unused))

    def _settle(self, answer: ReceiverAnswer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
