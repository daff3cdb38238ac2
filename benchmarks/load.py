"""The load where `wrk` is absent: as many connections and the same requests, sent by uvloop and read by httptools.

`python -m benchmarks.load SCRIPT URL SECONDS CONNECTIONS ARGUMENT…` prints the summary that the scripts of wrk print.
With `--rate=N` as the last argument the connections together send N requests a second, which wrk cannot.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httptools
import uvloop

from benchmarks.loans import borrower_id, loan_id

SUCCESS: Final = range(200, 300)
Requests = Callable[[int], bytes]
"""The bytes of the n-th request."""


class Connection(asyncio.Protocol):
    """Sends the next request when the last one is answered, until it is told to stop."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.due = perf_counter()
        self._send()

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.load.answered(self.parser.get_status_code(), perf_counter() - self.sent_at)
        if self.load.is_over:
            self.transport.close()
        else:
            self._send_when_due()

    def connection_lost(self, error: Exception | None) -> None:
        self.load.lost(is_early=not self.load.is_over)

    def _send_when_due(self) -> None:
        now = perf_counter()
        self.due = max(self.due + self.load.interval_seconds, now)
        if self.due > now:
            asyncio.get_running_loop().call_later(self.due - now, self._send)
        else:
            self._send()

    def _send(self) -> None:
        self.sent_at = perf_counter()
        self.transport.write(self.load.next_request())


class Load:
    """One run; `seconds_taken` are those of every answer."""

    def __init__(self, requests: Requests, connections: int, rate: int = 0) -> None:
        self.requests = requests
        self.interval_seconds = connections / rate if rate else 0.0
        self.open = connections
        self.sent = self.refused = self.cut = 0
        self.seconds_taken: list[float] = []
        self.is_over = False
        self.closed = asyncio.Event()

    def next_request(self) -> bytes:
        self.sent += 1
        return self.requests(self.sent)

    def answered(self, status: int, seconds: float) -> None:
        self.seconds_taken.append(seconds)
        self.refused += status not in SUCCESS

    def lost(self, is_early: bool) -> None:
        self.cut += is_early
        self.open -= 1
        if not self.open:
            self.closed.set()


async def run(requests: Requests, where: SplitResult, seconds: int, connections: int, rate: int = 0) -> dict[str, int]:
    """What was answered, in the members of wrk's summary."""
    load, loop = Load(requests, connections, rate), asyncio.get_running_loop()
    host, port, begun = where.hostname or "127.0.0.1", where.port or 80, perf_counter()
    await asyncio.gather(*(loop.create_connection(partial(Connection, load), host, port) for _ in range(connections)))
    loop.call_later(seconds, setattr, load, "is_over", True)
    await asyncio.wait_for(load.closed.wait(), seconds + 20)
    taken = sorted(load.seconds_taken) or [0.0]
    at = {share: round(taken[min(len(taken) - 1, int(len(taken) * share))] * 1e6) for share in (0.5, 0.99)}
    counted = {"requests": len(load.seconds_taken), "duration_us": round((perf_counter() - begun) * 1e6)}
    faults = {"refused": load.refused, "connect": 0, "read": load.cut, "write": 0, "timeout": 0}
    return {**counted, "p50_us": at[0.5], "p99_us": at[0.99], "max_us": round(taken[-1] * 1e6), **faults}


def payments(where: SplitResult, run_name: str, loans: int, day: str, token: str) -> Requests:
    bodies = [
        json.dumps(
            {
                "loan_id": loan_id(number),
                "borrower_id": borrower_id(number),
                "amount_minor": "100",
                "currency": "USD",
                "effective_at": day,
                "source_method": "ach",
                "external_ref": "ach_trace_000001",
            }
        ).encode()
        for number in range(loans)
    ]
    head = (
        f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(bodies[0])}\r\nIdempotency-Key: payment:{run_name}:"
    ).encode()
    return lambda sent: b"%s%d\r\n\r\n%s" % (head, sent, bodies[sent * 7 % loans])


def balances(where: SplitResult, run_name: str, loans: int, day: str, token: str) -> Requests:
    query = f"?as_of_date={day}" if day else ""
    rest = f"/balance{query} HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    requests = [f"GET {where.path}/loans/{loan_id(number)}{rest}".encode() for number in range(loans)]
    return lambda sent: requests[sent * 7 % loans]


def pages(where: SplitResult, token: str, *paths: str) -> Requests:
    rest = f" HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    requests = [f"GET {path}{rest}".encode() for path in paths]
    return lambda sent: requests[sent % len(requests)]


def _numbered(make: Callable[..., Requests]) -> Callable[..., Requests]:
    """Of requests on numbered loans."""
    return lambda where, run_name, loans, day, token: make(where, run_name, int(loans), day, token)


RATE: Final = "--rate="
SCRIPTS: Final[dict[str, Callable[..., Requests]]] = {
    "post_payments.lua": _numbered(payments),
    "get_balances.lua": _numbered(balances),
    "get_pages.lua": pages,
}


def main(script: str, url: str, seconds: str, connections: str, *arguments: str) -> None:
    where = urlsplit(url)
    rate = [int(each.removeprefix(RATE)) for each in arguments if each.startswith(RATE)]
    requests = SCRIPTS[script](where, *(each for each in arguments if not each.startswith(RATE)))
    print("SUMMARY", json.dumps(uvloop.run(run(requests, where, int(seconds), int(connections), *rate))))


if __name__ == "__main__":
    main(*sys.argv[1:])
