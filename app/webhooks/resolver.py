"""Names to addresses by the system's resolver, each look-up in a thread of its own: one that hangs keeps no other waiting."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Thread
from typing import Any

Resolve = Callable[[str, int], Coroutine[Any, Any, list[str]]]
"""All addresses of a host; raises OSError for a name that has none."""


async def resolve(host: str, port: int) -> list[str]:
    """The thread is a daemon, because the system's resolver cannot be interrupted when the process ends."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def look_up() -> None:
        try:
            found, error = _addresses(host, port), None
        except (OSError, UnicodeError) as failed:
            found, error = [], OSError(str(failed))
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(_settle, answer, found, error)

    Thread(target=look_up, name="resolver", daemon=True).start()
    return await answer


def _addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _settle(answer: asyncio.Future[list[str]], found: list[str], error: OSError | None) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(found)
    else:
        answer.set_exception(error)
