"""A private server: `hpts serve` in a process of its own, on a free port, with keys of its own, gone when the block ends.

The demo and the tests use it, so both speak to exactly what `hpts serve` starts.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from app.settings import DEV_AUDIENCE, DEV_ISSUER, PREFIX, Settings, load_settings

START_SECONDS: Final = 60
STOP_SECONDS: Final = 40
POLL_SECONDS: Final = 0.05


class ServerFailed(Exception):
    """The server ended or did not answer in time; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """`url` has no trailing slash and no /v1; `settings` are the server's own."""

    url: str
    settings: Settings
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def private_server(database_url: str, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[PrivateServer]:
    """A development server on `database_url`; its keys and its log lie in `folder`. `settings` are by field name.

    Raises ServerFailed when it does not start.
    """
    given = {
        "env": "dev",
        "issuer": DEV_ISSUER,
        "audience": DEV_AUDIENCE,
        "database_url": database_url,
        "host": "127.0.0.1",
        "port": str(free_port()),
        "jwks": str(folder / "dev-keys" / "jwks.json"),
        "log_level": "warning",
        **(settings or {}),
    }
    log = folder / "server.log"
    process = _start(given, log)
    server = PrivateServer(f"http://127.0.0.1:{given['port']}", load_settings(**given), process, log)
    try:
        _wait_until_live(server)
        yield server
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks the server to finish, and ends it when it does not."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)


def _start(settings: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = inherited | {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "app", "serve"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_live(server: PrivateServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if httpx.get(f"{server.url}/v1/health/live", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(POLL_SECONDS)
    log = server.log.read_text(errors="replace")[-2000:]
    raise ServerFailed(f"the server at {server.url} did not start:\n{log}")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
