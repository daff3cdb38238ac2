"""The floor: a bare ASGI application that answers a POST with its own body, and a GET with a body of a given size.

Nothing a ledger does happens here; what remains is the cost of uvicorn, its parser and the loop.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

GET_BODY = b"x" * int(os.environ.get("HPTS_BENCH_ECHO_BYTES", "300"))


async def app(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
    if scope["type"] != "http":
        return
    body = GET_BODY if scope["method"] == "GET" else await _body(receive)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body", False):
            return body
