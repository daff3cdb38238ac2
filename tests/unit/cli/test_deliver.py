"""`hpts deliver`, and the child of a server that gets its settings from its parent."""

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from app.cli import deliver as module
from app.cli.deliver import USER_AGENT, deliver
from app.cli.error_reporting import CommandError
from app.health import VERSION
from app.settings import Settings, SettingsError, load_settings
from app.webhooks.delivery_process import stopped_by_signal
from app.webhooks.inline_delivery import COMMAND
from tests.support.waiting import HANG_SECONDS


def run_child(settings_line: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = (*COMMAND, *arguments)
    return subprocess.run(command, input=settings_line, capture_output=True, timeout=HANG_SECONDS, check=False, env=os.environ)


def test_a_child_ends_with_its_parent(database_url: str) -> None:
    settings = load_settings(database_url=database_url)
    ended = run_child(settings.model_dump_json().encode() + b"\n")
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_child_without_settings_says_so() -> None:
    assert b"the parent gave no settings" in run_child(b"{").stderr


def test_the_command_delivers_until_a_signal(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPTS_DATABASE_URL", database_url)
    given: list[tuple[Settings, str, object]] = []

    async def run(*arguments: object) -> None:
        given.append(arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "run_delivery", run)
    deliver()
    [(settings, user_agent, until)] = given
    assert (settings.database_url, user_agent, until) == (database_url, f"HPTS/{VERSION}", stopped_by_signal)
    assert user_agent == USER_AGENT


def test_a_port_for_metrics_that_is_taken_is_a_wrong_setting(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPTS_DATABASE_URL", database_url)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        monkeypatch.setenv("HPTS_METRICS_PORT", port)
        with pytest.raises(
            SettingsError, match=f"port {port}: Address already in use. Choose another port with HPTS_METRICS_PORT"
        ):
            deliver()


def test_a_child_ends_with_a_line_of_json_where_the_log_is_json() -> None:
    settings = load_settings(log_format="json")
    [line] = run_child(settings.model_dump_json().encode() + b"\n", "no counter").stderr.splitlines()
    assert json.loads(line)["message"] == "the process ends with an exception"


def test_the_command_says_when_there_is_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPTS_DATABASE_URL", f"sqlite:///{tmp_path}/missing.db")
    with pytest.raises(CommandError, match="hpts migrate"):
        deliver()


def test_the_command_of_the_child_is_this_module() -> None:
    assert COMMAND[1:] == ("-m", module.__name__)
