"""Runs Prism as a child process: a mock of a document, or a proxy that validates every request and answer against one."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from app.conformance.node import NodeUnavailable, node
from app.contract.routing_view import BASE_PATH
from app.dev.child_process import free_port, start_process, stop_process, wait_until

LOCAL_PROGRAM: Final = Path("node_modules/.bin/prism")
"""Where npm installs Prism, relative to the working directory."""
VIOLATIONS: Final = "sl-violations"
"""The header in which Prism lists the violations of the document."""


class PortTaken(RuntimeError):
    """Something else listens on the port; the message says so."""


@dataclass(frozen=True, slots=True)
class Prism:
    """`url` ends in the base path; `log` is the file with the output of Prism."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


def prism_command() -> list[str]:
    """The command that runs Prism, from node_modules in the working directory or from PATH. Raises NodeUnavailable."""
    found = LOCAL_PROGRAM if LOCAL_PROGRAM.exists() else shutil.which("prism")
    if found is None:
        raise NodeUnavailable("Prism is not installed: `npm install @stoplight/prism-cli` in the working directory")
    return [str(node()), str(Path(found).resolve())]


@contextmanager
def mock(document: Mapping[str, Any], port: int | None = None, command: list[str] | None = None) -> Iterator[Prism]:
    """A mock of the document, on `port` or a free one. Raises NodeUnavailable, PortTaken, TimeoutError."""
    with _running(under_base_path(document), ["mock"], port, command) as running:
        yield running


@contextmanager
def proxy(document: Mapping[str, Any], upstream: str, command: list[str] | None = None) -> Iterator[Prism]:
    """A proxy in front of `upstream`, which ends in the base path; violations of the document become error answers.

    Raises NodeUnavailable, PortTaken, TimeoutError.
    """
    origin = upstream.removesuffix(BASE_PATH)
    with _running(under_base_path(document), ["proxy", "--errors"], None, command, origin) as running:
        yield running


def under_base_path(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the base path in front of every path, because Prism ignores the path of `servers`."""
    paths = {f"{BASE_PATH}{path}": item for path, item in document["paths"].items()}
    return {**document, "servers": [{"url": "/"}], "paths": paths}


@contextmanager
def _running(
    document: dict[str, Any], mode: list[str], port: int | None, command: list[str] | None, upstream: str | None = None
) -> Iterator[Prism]:
    port = port or free_port()
    _check_is_free(port)
    url = f"http://127.0.0.1:{port}{BASE_PATH}"
    with tempfile.TemporaryDirectory(prefix="hpts-prism-") as name:
        file, log = Path(name) / "openapi.yaml", Path(name) / "prism.log"
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        upstreams = [upstream] if upstream else []
        line = [*(command or prism_command()), *mode, "--host", "127.0.0.1", "--port", str(port), str(file), *upstreams]
        process = start_process(line, log)
        try:
            if not wait_until(lambda: _answers(url), process):
                raise TimeoutError(f"Prism did not start: {log.read_text(errors='replace')[-1_000:]}")
            yield Prism(url, process, log)
        finally:
            stop_process(process)


def _check_is_free(port: int) -> None:
    """Whatever listens there would answer in the place of Prism, which then seems to have started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise PortTaken(f"cannot listen on port {port}: {taken.strerror}; stop what listens there") from taken


def _answers(url: str) -> bool:
    """Any answer will do: behind the proxy the server itself may be unhealthy."""
    try:
        httpx.get(f"{url}/health/live", timeout=1)
    except httpx.TransportError:
        return False
    return True
