"""A receiver of webhooks that answers 200 at once: `python -m benchmarks.webhook_receiver PORT`.

GET answers how many entries arrived since the last GET, for how many seconds, and how long after their posting 99 % of them did.
"""

import asyncio
import sys
from datetime import datetime
from time import time
from typing import Any

import httptools
import orjson
import uvloop

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


class Arrivals:
    """Entries since the last report; times are in seconds since 1970."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        self.delays: list[float] = []

    def add(self, body: bytes) -> None:
        now = time()
        self.moments.append(now)
        self.delays.append(now - datetime.fromisoformat(orjson.loads(body)["occurred_at"]).timestamp())

    def report(self) -> bytes:
        delays = sorted(self.delays)
        seconds = self.moments[-1] - self.moments[0] if self.moments else 0.0
        p99_ms = delays[int(len(delays) * 0.99)] * 1e3 if delays else 0.0
        found = orjson.dumps({"count": len(delays), "seconds": seconds, "p99_ms": p99_ms})
        self.moments.clear()
        self.delays.clear()
        return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(found), found)


class ReceiverConnection(asyncio.Protocol):
    def __init__(self, arrivals: Arrivals) -> None:
        self.arrivals = arrivals
        self.parser = httptools.HttpRequestParser(self)
        self.body = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        if self.parser.get_method() == b"GET":
            self.transport.write(self.arrivals.report())
        else:
            self.arrivals.add(self.body)
            self.transport.write(OK)
        self.body = b""


async def serve(port: int) -> None:
    arrivals = Arrivals()
    server = await asyncio.get_running_loop().create_server(lambda: ReceiverConnection(arrivals), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
