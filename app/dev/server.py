"""A private server: `hpts serve` as a child process on a free port, with its own keys, stopped when the block ends.

The demo and the tests use it, so both talk to exactly what `hpts serve` starts.
"""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from app.dev.child_process import free_port, start_process, stop_process, wait_until
from app.settings import DEV_AUDIENCE, DEV_ISSUER, PREFIX, Settings, load_settings

ANY_CERTIFICATE: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Whether a child process answers is asked of whatever certificate it has; nothing is sent that could be read."""
ANY_CERTIFICATE.check_hostname = False
ANY_CERTIFICATE.verify_mode = ssl.CERT_NONE


class ServerFailed(Exception):
    """The server ended or did not answer in time; the message contains the end of its log."""


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """`url` has no trailing slash and no /v1; `settings` are the server's own."""

    url: str
    settings: Settings
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def private_server(database_url: str, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[PrivateServer]:
    """A development server on `database_url`, with its keys and its log in `folder`. `settings` are by field name.

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
    process = start_process([sys.executable, "-m", "app", "serve"], log, _environment(given))
    made = load_settings(**given)
    server = PrivateServer(f"{'https' if made.speaks_tls else 'http'}://127.0.0.1:{made.port}", made, process, log)
    try:
        if not wait_until(lambda: _is_live(server.url), process):
            raise ServerFailed(f"the server at {server.url} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        yield server
    finally:
        stop_process(process)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return inherited | {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}


def _is_live(url: str) -> bool:
    try:
        return httpx.get(f"{url}/v1/health/live", timeout=5, verify=ANY_CERTIFICATE).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
