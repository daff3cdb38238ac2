"""Prism, as a process: a mock of a document, or a proxy that holds every request and answer against one."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

import httpx
import yaml

from app.conformance.node import NodeUnavailable, node
from app.contract.routing_view import BASE_PATH

START_SECONDS: Final = 60
STOP_SECONDS: Final = 10
POLL_SECONDS: Final = 0.1
INSTALLED: Final = Path("node_modules/.bin/prism")
"""Where npm installs it, below the working directory."""
VIOLATIONS: Final = "sl-violations"
"""The header in which Prism says what breaks the document."""


@dataclass(frozen=True, slots=True)
class Prism:
    """`url` ends in the base path; `log` is all that Prism prints."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


def prism_command() -> list[str]:
    """The command line that runs Prism, from the working directory's packages or from PATH. Raises NodeUnavailable."""
    found = INSTALLED if INSTALLED.exists() else shutil.which("prism")
    if found is None:
        raise NodeUnavailable("Prism is not installed: `npm install @stoplight/prism-cli` in the working directory")
    return [str(node()), str(Path(found).resolve())]


@contextmanager
def mock(document: Mapping[str, Any], port: int | None = None, command: list[str] | None = None) -> Iterator[Prism]:
    """A mock of the document, on `port` or a free one. Raises NodeUnavailable, TimeoutError."""
    with _running(under_base_path(document), ["mock"], port, command) as running:
        yield running


@contextmanager
def proxy(document: Mapping[str, Any], upstream: str, command: list[str] | None = None) -> Iterator[Prism]:
    """A proxy in front of `upstream`, which ends in the base path; what breaks the document is answered as an error.

    Raises NodeUnavailable, TimeoutError.
    """
    origin = upstream.removesuffix(BASE_PATH)
    with _running(under_base_path(document), ["proxy", "--errors"], None, command, origin) as running:
        yield running


def under_base_path(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its base path in every path, since Prism does not read it in `servers`."""
    paths = {f"{BASE_PATH}{path}": item for path, item in document["paths"].items()}
    return {**document, "servers": [{"url": "/"}], "paths": paths}


@contextmanager
def _running(
    document: dict[str, Any], mode: list[str], port: int | None, command: list[str] | None, upstream: str | None = None
) -> Iterator[Prism]:
    port = port or _free_port()
    with tempfile.TemporaryDirectory(prefix="hpts-prism-") as name:
        file, log = Path(name) / "openapi.yaml", Path(name) / "prism.log"
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        upstreams = [upstream] if upstream else []
        line = [*(command or prism_command()), *mode, "--host", "127.0.0.1", "--port", str(port), str(file), *upstreams]
        with log.open("wb") as output, subprocess.Popen(line, stdout=output, stderr=subprocess.STDOUT) as process:
            try:
                _wait(process, port, log)
                yield Prism(f"http://127.0.0.1:{port}{BASE_PATH}", process, log)
            finally:
                _end(process)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}{BASE_PATH}/health/live", timeout=1)
        except httpx.TransportError:
            sleep(POLL_SECONDS)
        else:
            return
    raise TimeoutError(f"Prism did not start: {log.read_text(errors='replace')[-1_000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
