"""A process whose log is JSON writes nothing else, whichever way it writes."""

import subprocess
import sys

import orjson
import pytest

from tests.support.waiting import HANG_SECONDS

SECRET = "hunter2"
WAYS = {
    "print": ("print('hello'); print('two\\nlines')", ["hello", "two", "lines"]),
    "unfinished": ("import sys; sys.stderr.write('begun')", ["begun"]),
    "warning": ("import warnings; warnings.warn('careful', UserWarning)", ["UserWarning: careful"]),
    "uncaught": (f"raise ValueError('{SECRET}')", ["the process ends with an exception"]),
    "thread": (
        f"import threading; t = threading.Thread(target=lambda: int('{SECRET}')); t.start(); t.join()",
        ["a thread ended with an exception"],
    ),
    "destructor": (
        f"class A:\n    def __del__(self): int('{SECRET}')\nA()",
        ["an exception could not be raised"],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_written_is_json(way: str) -> None:
    program, messages = WAYS[way]
    start = "import logging\nfrom app.observability.process_output import log_all_output\nlog_all_output()\n"
    start += "from app.observability.log_setup import configure_logs\nfrom app.settings import load_settings\n"
    start += "configure_logs(load_settings(log_format='json'))\n"
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", start + program],
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    assert done.stdout == ""
    lines = [orjson.loads(line) for line in done.stderr.splitlines()]
    assert SECRET not in done.stderr
    assert len(lines) >= len(messages)
    for line, message in zip(lines, messages, strict=False):
        assert line["message"].startswith(message)
        assert line["level"] in ("info", "warning", "error", "critical")
