"""A receiver of webhooks on 127.0.0.1 that records what arrives, and answers as a test says: also late, endless or never."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Final

import orjson

from tests.support.waiting import HANG_SECONDS


@dataclass(frozen=True, slots=True)
class Received:
    """One request, with header names in lower case."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        decoded: dict[str, Any] = orjson.loads(self.body)
        return decoded

    @property
    def entry_id(self) -> str:
        return self.headers["webhook-id"]


Answering = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer, or closes, or does not return."""


def status(code: int, *headers: str, body: bytes = b"") -> Answering:
    lines = "".join(f"{header}\r\n" for header in headers)
    answer = f"HTTP/1.1 {code} \r\ncontent-length: {len(body)}\r\n{lines}\r\n".encode() + body

    async def write(_received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return write


def raw(*parts: bytes, pause_seconds: float = 0.0, closes: bool = True) -> Answering:
    """These bytes, with a pause after each part."""

    async def write(_received: Received, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_seconds)
        if closes:
            writer.close()

    return write


async def hang(_received: Received, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(HANG_SECONDS)


async def drip(_received: Received, writer: asyncio.StreamWriter) -> None:
    """One byte at a time, of a status line that never ends."""
    writer.write(b"HTTP/1.1 200 ")
    while True:
        writer.write(b"O")
        await writer.drain()
        await asyncio.sleep(0.05)


OK: Final = status(200)


@dataclass(slots=True)
class RecordingReceiver:
    """`answer` may be changed at any time; `connections` counts those that were opened."""

    url: str = ""
    answer: Answering = OK
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    @property
    def host_and_port(self) -> str:
        return self.url.split("/")[2]

    @property
    def entry_ids(self) -> list[str]:
        return [each.entry_id for each in self.received]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
                body = await reader.readexactly(int(headers["content-length"]))
                received = Received(head[0].split(" ")[1], headers, body)
                self.received.append(received)
                await self.answer(received, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@contextmanager
def recording_receiver(answer: Answering = OK, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[RecordingReceiver]:
    """Runs in a thread with an event loop of its own."""
    receiver = RecordingReceiver(answer=answer)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    starting = asyncio.start_server(receiver.serve, "127.0.0.1", port, ssl=tls, backlog=512)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
