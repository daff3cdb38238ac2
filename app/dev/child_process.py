"""Starts a server as a child process, waits until it answers, and stops it with everything it started.

The private server of `hpts serve` and the Prism mock and proxy are run this way.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

START_SECONDS: Final = 600
STOP_SECONDS: Final = 120
POLL_SECONDS: Final = 0.05


def start_process(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Starts `command` in a session of its own, so that `stop_process` can end its children too; appends its output to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_until(is_ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> bool:
    """Whether `is_ready` returned True before the process ended and before START_SECONDS passed."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready():
            return True
        time.sleep(POLL_SECONDS)
    return False


def stop_process(process: subprocess.Popen[bytes], grace_seconds: float = STOP_SECONDS) -> None:
    """Sends SIGTERM, and SIGKILL to its process group if the process is still running after `grace_seconds`."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
