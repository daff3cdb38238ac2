"""The servers that are measured, each a process tree of its own on 127.0.0.1: HPTS as users run it, and the baselines."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx
import psutil

from benchmarks.tokens import AUDIENCE, ISSUER, Issuer
from benchmarks.wrk import InvalidRun

START_SECONDS = 60
STOP_SECONDS = 30
PROGRAMS = Path(sys.executable).parent
HPTS = str(PROGRAMS / "hpts")


@dataclass(frozen=True, slots=True)
class Server:
    """`base_url` ends in the API's base path, where it has one."""

    name: str
    base_url: str
    process: subprocess.Popen[bytes]

    def resident_megabytes(self) -> float:
        """Of the largest process of the tree: the worker."""
        root = psutil.Process(self.process.pid)
        resident_bytes: int = max(process.memory_info().rss for process in [root, *root.children(recursive=True)])
        return resident_bytes / 2**20


def migrate(database_url: str) -> None:
    """The schema, made by the command that a user gives."""
    environment = os.environ | {"HPTS_DATABASE_URL": database_url}
    done = subprocess.run([HPTS, "migrate"], env=environment, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise InvalidRun(f"hpts migrate failed: {(done.stderr or done.stdout).strip()[-600:]}")


@contextmanager
def hpts(
    name: str, database_url: str, issuer: Issuer, folder: Path, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """The project's own server with the settings of production, on a migrated database."""
    port = free_port()
    settings = {
        "HPTS_ENV": "prod",
        "HPTS_DATABASE_URL": database_url,
        "HPTS_JWKS": str(issuer.jwks),
        "HPTS_ISSUER": ISSUER,
        "HPTS_AUDIENCE": AUDIENCE,
        "HPTS_RESPONSE_VALIDATION": "sample:1000",
        "HPTS_WORKERS": "1",
        "HPTS_LOG_LEVEL": "warning",
        **more,
    }
    command = [HPTS, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with _running(name, command, settings, port, folder) as process:
        base_url = f"http://127.0.0.1:{port}/v1"
        _wait_until_ready(name, f"{base_url}/health/ready")
        yield Server(name, base_url, process)


@contextmanager
def echo(folder: Path, get_bytes: int = 300) -> Iterator[Server]:
    """The bare ASGI echo; a GET answers `get_bytes` bytes."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.echo:app", "--port", str(port), "--no-access-log"]
    command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning"]
    with _running("echo", command, {"HPTS_BENCH_ECHO_BYTES": str(get_bytes)}, port, folder) as process:
        yield Server("bare ASGI echo", f"http://127.0.0.1:{port}", process)


@contextmanager
def flask(database_url: str, issuer: Issuer, folder: Path) -> Iterator[Server]:
    """connexion.FlaskApp and SQLAlchemy: one worker as HPTS has, and the ten threads that Connexion gives a Flask application."""
    port = free_port()
    settings = {"HPTS_BENCH_DATABASE_URL": database_url, "HPTS_BENCH_JWKS": str(issuer.jwks)}
    command = [str(PROGRAMS / "gunicorn"), "benchmarks.baseline_flask:app", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--worker-class", "uvicorn_worker.UvicornWorker", "--log-level", "warning"]
    with _running("flask", command, settings, port, folder) as process:
        yield Server("Connexion FlaskApp + SQLAlchemy", f"http://127.0.0.1:{port}/v1", process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    name: str, command: Sequence[str], settings: Mapping[str, str], port: int, folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The process once it answers; it has ended when the block is left."""
    log = folder / f"{name}-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=os.environ | settings, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_until_answering(process, port)
            yield process
        except InvalidRun as error:
            error.add_note(f"{name} logged: {log.read_text(errors='replace').strip()[-2000:]}")
            raise
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    for child in psutil.Process(process.pid).children(recursive=True):
        child.kill()
    process.kill()
    process.wait(STOP_SECONDS)


def _wait_until_answering(process: subprocess.Popen[bytes], port: int) -> None:
    """Any answer will do: gunicorn listens before its worker can serve."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise InvalidRun(f"no server on port {port}")


def _wait_until_ready(name: str, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    answer = "no answer"
    while time.monotonic() < deadline:
        try:
            response = httpx.get(url, timeout=5)
        except httpx.TransportError as error:
            answer = repr(error)
        else:
            if response.status_code == 200:
                return
            answer = response.text
        time.sleep(0.1)
    raise InvalidRun(f"{name} never became ready: {answer[:400]}")
