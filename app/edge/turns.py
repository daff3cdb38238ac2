"""Requests with large bodies take turns, with time for everything else between any two of them.

Work on such a body keeps the event loop to itself for a while. A small posting goes through the loop several times, and would
meet one of many large bodies each time.
"""

import asyncio
from typing import Any, Final

from app.edge.request import Request
from app.limits import LARGE_COMMAND_LOANS

LARGE_BYTES: Final = 64 * 1024
PAUSE_SECONDS: Final = 0.02
"""From the end of the work on one large body to the beginning of the next."""
_DIGITS: Final = len(str(LARGE_BYTES))


class Turns:
    """Of the requests of one operation."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def wait(self) -> None:
        """Returns at once if no other request had its turn just now; the turn is over when the caller waits for something."""
        await self._lock.acquire()
        asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._lock.release)


def has_large_body(request: Request, document: Any) -> bool:
    """By the length that the request says, or else by the longest list of its document."""
    length = request.headers.get(b"content-length")
    if length is not None:
        return len(length) > _DIGITS or int(length) > LARGE_BYTES
    members = document.values() if isinstance(document, dict) else ()
    return any(isinstance(member, list) and len(member) > LARGE_COMMAND_LOANS for member in members)
