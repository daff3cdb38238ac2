"""One run of `wrk`, or of `benchmarks.load` where it is absent, and what it counted.

A run in which anything but a 2xx came back, or nothing did, is invalid.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

SCRIPTS = Path(__file__).parent / "lua"
CONNECTIONS = 64
THREADS = 1
"""One thread drives more than the bare echo can answer, and leaves the other core to the server and its database."""
MARK = "SUMMARY "


class InvalidRun(Exception):
    """The run counts for nothing: the message says what came back instead."""


@dataclass(frozen=True, slots=True)
class Run:
    """`rate` in answered requests a second, latencies in milliseconds as the client saw them."""

    requests: int
    rate: float
    p50_ms: float
    p99_ms: float


def load_tool() -> str:
    """What a report says the load came from."""
    return "wrk" if shutil.which("wrk") else "benchmarks.load"


def post_payments(url: str, token: str, loans: int, day: str, seconds: int) -> Run:
    return _run("post_payments.lua", url, seconds, [_run_name(), str(loans), day, token])


def get_balances(url: str, token: str, loans: int, day: str, seconds: int) -> Run:
    return _run("get_balances.lua", url, seconds, [_run_name(), str(loans), day, token])


def get_pages(url: str, token: str, paths: Sequence[str], seconds: int, connections: int) -> Run:
    """One path after the other."""
    return _run("get_pages.lua", url, seconds, [token, *paths], connections)


def _run_name() -> str:
    return uuid4().hex[:12]


def _run(script: str, url: str, seconds: int, arguments: Sequence[str], connections: int = CONNECTIONS) -> Run:
    command = _command(script, url, seconds, arguments, connections)
    finished = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    return read_summary(finished.stdout, finished.stderr)


def _command(script: str, url: str, seconds: int, arguments: Sequence[str], connections: int) -> list[str]:
    found = shutil.which("wrk")
    if found is None:
        return [sys.executable, "-m", "benchmarks.load", script, url, str(seconds), str(connections), *arguments]
    options = [f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPTS / script)]
    return [found, *options, url, "--", *arguments]


def read_summary(output: str, errors: str) -> Run:
    """The run that wrk's output tells of. Raises InvalidRun unless every answer was a success."""
    lines = [line for line in output.splitlines() if line.startswith(MARK)]
    if not lines:
        raise InvalidRun(f"{load_tool()} gave no summary: {(errors or output).strip()[-400:]}")
    summary: dict[str, int] = json.loads(lines[-1].removeprefix(MARK))
    faults = {name: summary[name] for name in ("refused", "connect", "read", "write", "timeout") if summary[name]}
    if faults or not summary["requests"]:
        raise InvalidRun(f"of {summary['requests']} requests not all were answered with success: {faults}")
    return Run(
        requests=summary["requests"],
        rate=summary["requests"] / (summary["duration_us"] / 1e6),
        p50_ms=summary["p50_us"] / 1e3,
        p99_ms=summary["p99_us"] / 1e3,
    )
