"""Limits on the size of every request: its headers in total, and its body while it is read."""

from itertools import chain

from app import limits
from app.edge.asgi_types import ASGIApp, Message, Receive, Scope, Send
from app.edge.refusals import HeadersTooLarge, PayloadTooLarge
from app.edge.request import request_of

LENGTH_DIGITS = len(str(limits.BODY_BYTES))
SEPARATORS_BYTES = 4
"""Colon, space and line end of one header line."""


class SizeLimits:
    """Refuses too large headers (431) and a too large stated length (413) at once; counts a chunked body as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if _size(scope["headers"]) > limits.HEADER_BYTES:
            raise HeadersTooLarge
        announced = request_of(scope).headers.get(b"content-length")
        if announced is None:
            receive = _counted(receive)
        elif len(announced) > LENGTH_DIGITS or not announced.isdigit() or int(announced) > limits.BODY_BYTES:
            raise PayloadTooLarge
        await self.app(scope, receive, send)


def _size(raw_headers: list[tuple[bytes, bytes]]) -> int:
    return len(b"".join(chain.from_iterable(raw_headers))) + SEPARATORS_BYTES * len(raw_headers)


def _counted(receive: Receive) -> Receive:
    """A `receive` that raises PayloadTooLarge beyond the limit, for a body whose length is not stated."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limits.BODY_BYTES:
            raise PayloadTooLarge
        return message

    return counted
