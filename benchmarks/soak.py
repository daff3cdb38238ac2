"""A soak: connects, resets, half requests and pipelining without reading, and the memory of the server while it goes on.

`python -m benchmarks.soak --minutes 10` starts `hpts serve` on SQLite with a database of its own. It fails when the memory has
grown by more than MARGIN_MEGABYTES since the first tenth, or the server does not answer.
"""

import argparse
import random
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import httpx
import psutil

from app.dev.server import PrivateServer, private_server

MARGIN_MEGABYTES: Final = 30
CONNECTIONS: Final = 50
HEAD: Final = b"GET /v1/health/live HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED: Final = b"POST /v1/payments HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
SENT: Final = (
    b"",
    HEAD,
    HEAD + b"\r\n",
    (HEAD + b"\r\n") * 2_000,
    HEAD + b"X: " + b"x" * 100_000,
    b"GET /" + b"x" * 100_000,
    CHUNKED + b"2\r\n{}\r\n0\r\n" + b"X: y\r\n" * 20_000,
    CHUNKED + b"1\r\n \r\n" * 20_000,
    b"\x00 no HTTP\r\n\r\n",
    b"GET /static/reference/scalar.js HTTP/1.1\r\nHost: localhost\r\n\r\n",
)
"""What a connection sends before it is reset or closed, unread."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    seconds = parser.parse_args().minutes * 60
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with private_server(f"sqlite:///{folder / 'hpts.db'}", folder) as server:
            curve = soak(server, seconds)
    base, end = curve[len(curve) // 10], curve[-1]
    print(f"{base:.0f} MB after the first tenth, {end:.0f} MB at the end")
    sys.exit(end > base + MARGIN_MEGABYTES)


def soak(server: PrivateServer, seconds: float) -> list[float]:
    """Megabytes of the server's largest process, twenty times in `seconds`; each is printed."""
    chance = random.Random(0)
    begun, curve = monotonic(), list[float]()
    while (passed := monotonic() - begun) < seconds:
        attack(server.url, chance)
        if passed >= len(curve) * seconds / 20:
            httpx.get(f"{server.url}/v1/health/live", timeout=60).raise_for_status()
            curve.append(resident_megabytes(server.process.pid))
            print(f"{passed:6.0f} s  {curve[-1]:6.0f} MB", flush=True)
    return curve


def attack(url: str, chance: random.Random) -> None:
    """Opens connections at once, sends on each what comes by chance, and ends each in its own way."""
    where = urlsplit(url)
    opened = [socket.create_connection((where.hostname, where.port)) for _ in range(CONNECTIONS)]
    for each in opened:
        each.setblocking(False)
        with suppress(OSError):
            each.send(chance.choice(SENT))
    endings: tuple[Callable[[socket.socket], None], ...] = (reset, socket.socket.close)
    for each in opened:
        chance.choice(endings)(each)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()


def resident_megabytes(pid: int) -> float:
    parent = psutil.Process(pid)
    return max(float(each.memory_info().rss) for each in (parent, *parent.children(recursive=True))) / 2**20


if __name__ == "__main__":
    main()
