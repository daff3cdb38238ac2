"""Requests with large bodies take turns: what else waits for the event loop is done between any two of them."""

import asyncio
from typing import Final

from app.edge.request import Request

LARGE_BYTES: Final = 64 * 1024
_DIGITS: Final = len(str(LARGE_BYTES))


class Turns:
    """Of the requests of one operation."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def wait(self) -> None:
        """Until no other request of the operation has its turn in this round of the event loop."""
        async with self._lock:
            await asyncio.sleep(0)


def has_large_body(request: Request) -> bool:
    """By the length that it says; a body without one may be large."""
    length = request.headers.get(b"content-length")
    return length is None or len(length) > _DIGITS or int(length) > LARGE_BYTES
