"""HTTP/1.1, parsed by httptools, with bounds on what a client may send, leave unread, or keep the process waiting for.

Bytes are counted as they arrive, before the parser joins them. What is refused here is answered by the application like any other
request, after the answers to those before it, and then the connection ends.
"""

import asyncio
import logging
from typing import Any, Final
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from app import limits
from app.edge.http_connection import HttpConnection, Reading
from app.edge.http_exchange import HttpExchange
from app.edge.refusals import (
    FramingTooLarge,
    HeadersTooLarge,
    HttpVersionNotSupported,
    NotHttp,
    PayloadTooLarge,
    UriTooLong,
)
from app.edge.request_head import SEPARATORS_BYTES, check_head, check_head_size, check_version, split_url
from app.refusal import Refusal

logger: Final = logging.getLogger("hpts.edge")
HEAD_END: Final = b"\r\n\r\n"
PIECE_BYTES: Final = limits.HEADER_BYTES + 1
"""What the parser is given at most at a time: what it joins by itself cannot become longer unseen."""
REST_OF_REQUEST_LINE: Final = 64
"""More than method, spaces and version need: a too large head with no more than this beside its URL has a too long URL."""


class Http1(HttpConnection):
    """A connection that speaks HTTP/1.1.

    A counter of bytes is set to minus the current piece where what it counts begins in it, so that it adds nothing.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parser: Any = httptools.HttpRequestParser(self)
        # What these let pass is refused by `check_head`, with an answer that says why. What follows a request that ends the
        # connection has to be no error, as the answer to it is still due.
        self.parser.set_dangerous_leniencies(lenient_version=True, lenient_transfer_encoding=True, lenient_data_after_close=True)
        self._turn: asyncio.Handle | None = None
        self._piece_bytes = 0
        self._head_bytes = 0
        self._is_split = False
        self._content_bytes = 0
        self._body_bytes = 0
        self._quiet_bytes = 0
        self._trailers = [0, 0]
        self.url = b""
        self.headers = []
        self._expects_continue = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Parser and connection refer to each other."""
        super().connection_lost(exc)
        self.parser = None

    def is_too_slow(self, seconds: float) -> bool:
        if self._reading is Reading.HEAD:
            return seconds > self._deadlines.head
        return self._content_bytes < (seconds - self._deadlines.body) * limits.BODY_BYTES_PER_SECOND

    def data_received(self, data: bytes) -> None:
        if self._is_deaf or self.writer.is_closing():
            self._is_unread = True
            return
        if self._reading is Reading.NOTHING:
            self._head_bytes = 0
            self._begin_head()
        self._arrived = self._arrived[self._position :] + data if self._arrived else data
        self._position = 0
        self._parse_piece()

    def go_on(self) -> None:
        if self._is_deaf or self._turn is not None or len(self.waiting) > limits.PIPELINED_REQUESTS:
            return
        if self._arrived:
            self._parse_piece()
        else:
            self.flow.is_held = False
            self.flow.resume_reading()

    def _take_turn(self) -> None:
        self._turn = None
        self.go_on()

    def _parse_piece(self) -> None:
        """One piece in one iteration of the event loop, so that no connection keeps the others waiting."""
        if self._reading is Reading.NOTHING:
            self._head_bytes = 0
        end = self._end_of_piece()
        is_everything = not self._position and end == len(self._arrived)
        piece = self._arrived if is_everything else memoryview(self._arrived)[self._position : end]
        self._position = end
        self._feed(piece)
        if self._position == len(self._arrived):
            self._arrived = b""
            self._position = 0
        if self._arrived or self.flow.is_held or len(self.waiting) > limits.PIPELINED_REQUESTS:
            self.flow.hold()
            if self._turn is None:
                self._turn = self.loop.call_soon(self._take_turn)

    def _end_of_piece(self) -> int:
        """A piece has no more request heads than may wait, and of one head no more than its limit."""
        start, data = self._position, self._arrived
        room = PIECE_BYTES - self._head_bytes if self._reading is Reading.HEAD else PIECE_BYTES
        limit = end = min(start + room, len(data))
        for _ in range(limits.PIPELINED_REQUESTS + 1 - len(self.waiting)):
            start = data.find(HEAD_END, start, limit)
            if start < 0:
                return limit
            start = end = start + len(HEAD_END)
        return end

    def _feed(self, piece: bytes | memoryview) -> None:
        self._piece_bytes = len(piece)
        try:
            self.parser.feed_data(piece)
            self._count(len(piece))
        except httptools.HttpParserUpgrade:
            # The request is answered as HTTP/1.1; what follows it is not, as the client has asked for another protocol.
            self._exchange().may_last = False
            self.stop_reading()
        except httptools.HttpParserError as error:
            self.refuse(self._refusal_of(error))
        except Refusal as refusal:
            self.refuse(refusal)

    def _count(self, size: int) -> None:
        """After a piece was parsed: what is unfinished may not have become too large. Raises a Refusal."""
        if self._reading is Reading.HEAD:
            self._head_bytes += size
            self._is_split = True
            if self._head_bytes > limits.HEADER_BYTES or len(self.headers) > limits.HEADER_FIELDS:
                is_url = len(self.url) + REST_OF_REQUEST_LINE > limits.HEADER_BYTES
                raise UriTooLong if is_url else HeadersTooLarge
            self._connections.unfinished[self] = None
        elif self._reading is Reading.BODY:
            self._is_split = True
            self._connections.unfinished[self] = None
            self._body_bytes += size
            self._quiet_bytes += size
            framing = self._body_bytes - self._content_bytes
            if self._quiet_bytes > limits.TRAILER_BYTES or framing > limits.TRAILER_BYTES + 16 * self._content_bytes:
                raise FramingTooLarge

    def _refusal_of(self, error: httptools.HttpParserError) -> Refusal:
        if isinstance(error.__context__, Refusal):
            return error.__context__
        if isinstance(error, httptools.HttpParserCallbackError):
            logger.error("reading a request failed", exc_info=error)
        version = self.parser.get_http_version()
        return NotHttp() if version[0] in "01" else HttpVersionNotSupported(version)

    def _begin_head(self) -> None:
        self._connections.idle.pop(self, None)
        self._reading = Reading.HEAD
        if self._has_served:
            self._since = self.loop.time()

    def on_message_begin(self) -> None:
        if self._reading is Reading.NOTHING:
            self._begin_head()
        self.url = b""
        self.headers = []
        self._expects_continue = False

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > limits.HEADER_BYTES:
            raise UriTooLong

    def on_header(self, name: bytes, value: bytes) -> None:
        """White space at the end of a value does not belong to it (RFC 9110, 5.5); trailers are counted and dropped."""
        if self._reading is Reading.BODY:
            self._count_trailer(len(name) + len(value) + SEPARATORS_BYTES)
            return
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self._expects_continue = True
        self.headers.append((name, value if name == b"transfer-encoding" else value.rstrip(b" \t")))

    def _count_trailer(self, size: int) -> None:
        fields, total = self._trailers
        self._trailers = [fields + 1, total + size]
        if fields >= limits.HEADER_FIELDS or total + size > limits.TRAILER_BYTES:
            raise FramingTooLarge

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        check_version(version)
        if self._is_split:
            check_head_size(self.url, self.headers)
        check_head(version, self.headers)
        path, query = split_url(self.url, self.headers)
        decoded = path.decode("ascii")
        if "%" in decoded:
            decoded = unquote(decoded)
        scope = self.scope(self.parser.get_method().decode("ascii"), version, decoded, path, query, self.headers)
        self._reading = Reading.BODY
        self._has_served = True
        self._since = self.loop.time()
        self._content_bytes = 0
        self._body_bytes = self._quiet_bytes = -self._piece_bytes
        self._trailers = [0, 0]
        may_last = version != "1.0" and self.parser.should_keep_alive()
        self.serve(HttpExchange(self, scope, may_last=may_last, expects_continue=self._expects_continue))

    def on_chunk_header(self) -> None:
        self._quiet_bytes = -self._piece_bytes

    def on_body(self, body: bytes) -> None:
        self._content_bytes += len(body)
        self._quiet_bytes = -self._piece_bytes
        if self._content_bytes > limits.LARGEST_BODY_BYTES:
            raise PayloadTooLarge(limits.LARGEST_BODY_BYTES)
        exchange = self._exchange()
        if exchange.is_answered:
            if self._content_bytes > limits.BODY_BYTES:
                self.stop_reading()
                self.close()
        else:
            exchange.add(body)
            if exchange.waiting_bytes > HIGH_WATER_LIMIT:
                self.flow.pause_reading()

    def on_message_complete(self) -> None:
        self._reading = Reading.NOTHING
        self._head_bytes = -self._piece_bytes
        if self._is_split:
            self._is_split = False
            self._connections.unfinished.pop(self, None)
        exchange = self._exchange()
        exchange.complete()
        if not exchange.may_last:
            self.stop_reading()
        if exchange.is_answered:
            self.rest()

    def _exchange(self) -> HttpExchange:
        assert self.newest is not None, "a body has a head before it"
        return self.newest

    def method(self) -> str:
        return self.parser.get_method().decode("ascii") if self.url else "-"
