"""Runs the pages, which are a WSGI application, in threads that never wait for a client.

A thread has the complete request body before it starts, and what it answers is sent when it is free again.
"""

import asyncio
from typing import Any, Final, cast

from a2wsgi import WSGIMiddleware

from app.edge.asgi_types import ASGIApp, Message, Receive, Scope, Send
from app.edge.json_body import read_body
from app.pages.site import FORM_BYTES

SLICE_BYTES: Final = 64 * 1024
"""What is handed to the connection before it is looked whether the client keeps up."""


class PageHost:
    """The pages as an ASGI application."""

    def __init__(self, pages: Any) -> None:
        self._pages = cast(ASGIApp, WSGIMiddleware(pages))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises PayloadTooLarge and ClientGone."""
        body = await read_body(receive, FORM_BYTES)
        answered: list[Message] = []

        async def receive_complete() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            answered.append(message)

        await self._pages(scope, receive_complete, keep)
        for message in answered:
            await _send_in_slices(message, send)


async def _send_in_slices(message: Message, send: Send) -> None:
    """`send` waits while the client does not keep up, which it learns between two iterations of the event loop."""
    rest = memoryview(message.get("body", b""))
    while len(rest) > SLICE_BYTES:
        await send({"type": message["type"], "body": bytes(rest[:SLICE_BYTES]), "more_body": True})
        await asyncio.sleep(0)
        rest = rest[SLICE_BYTES:]
    await send({**message, "body": bytes(rest)} if "body" in message else message)
