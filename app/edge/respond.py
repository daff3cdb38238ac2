"""Sends one complete answer."""

from typing import Final

from app.edge.asgi_types import Headers, Send

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
COMMON: Final[dict[str, Headers]] = {
    media_type: (
        (b"content-type", media_type.encode("ascii")),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    )
    for media_type in (JSON, PROBLEM)
}
"""`no-store`, since a balance is only right at its moment: no cache may keep it."""


async def send_answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
