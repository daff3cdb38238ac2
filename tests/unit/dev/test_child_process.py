"""A child process is waited for until it is ready or has ended, and is stopped together with its own children."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.dev.child_process import start_process, stop_process, wait_until
from tests.support.waiting import HANG_SECONDS

IGNORE_SIGTERM = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "process.log"


def _start(program: str, log: Path) -> subprocess.Popen[bytes]:
    return start_process([sys.executable, "-c", program], log)


def test_the_output_of_a_process_is_in_its_log_and_waiting_stops_once_it_has_ended(log: Path) -> None:
    process = _start("print('no such option')", log)
    assert not wait_until(lambda: False, process)
    assert process.wait() == 0
    assert log.read_text() == "no such option\n"


def test_waiting_stops_once_the_process_is_ready(log: Path) -> None:
    process = _start("import time; print('ready', flush=True); time.sleep(600)", log)
    try:
        assert wait_until(lambda: "ready" in log.read_text(), process)
    finally:
        stop_process(process)
    assert process.returncode is not None


def test_a_process_that_ignores_sigterm_is_killed_with_its_children(log: Path) -> None:
    process = _start(IGNORE_SIGTERM, log)
    try:
        assert wait_until(lambda: log.read_text().strip().isdecimal(), process)
        child = psutil.Process(int(log.read_text()))
    finally:
        stop_process(process, grace_seconds=0.1)
    assert process.returncode == -9
    _, alive = psutil.wait_procs([child], timeout=HANG_SECONDS)
    assert alive == []


def test_stopping_a_process_that_has_ended_does_nothing(log: Path) -> None:
    process = _start("raise SystemExit(3)", log)
    process.wait()
    stop_process(process)
    assert process.returncode == 3
