"""Every command of the README is run as written, against `make run`; only the port is another one."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.dev.child_process import free_port
from app.settings import PREFIX
from tests.support.readme import blocks, steps
from tests.support.waiting import HANG_SECONDS

SEPARATOR = "=== next step ==="


@dataclass(frozen=True, slots=True)
class MadeRun:
    """`make run` as a reader of the README has it, but for its port and files."""

    port: int
    environment: dict[str, str]
    output: Path

    def local(self, commands: str) -> str:
        return commands.replace("localhost:3000", f"localhost:{self.port}")

    def bash(self, script: str, repository: Path) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.local(script)],
            cwd=repository,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def made_run(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeRun]:
    folder, port = tmp_path_factory.mktemp("make-run"), free_port()
    own = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{folder / 'hpts.db'}", "JWKS": str(folder / "keys" / "jwks.json")}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "MAKE"))}
    environment = inherited | {f"{PREFIX}{name}": value for name, value in own.items()}
    output = folder / "output"
    with output.open("wb") as log:
        process = subprocess.Popen(
            ["make", "run"], cwd=repository, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_until_live(process, port, output)
        yield MadeRun(port, environment, output)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(HANG_SECONDS)


def _wait_until_live(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    deadline = time.monotonic() + HANG_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://localhost:{port}/v1/health/ready", timeout=HANG_SECONDS).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"`make run` did not serve:\n{output.read_text()}")


def test_the_commands_of_the_readme_work_and_answer_what_it_says(made_run: MadeRun, repository: Path) -> None:
    walk = steps(repository / "README.md")
    script = f"\necho '{SEPARATOR}'\n".join(step.commands for step in walk)
    answers = made_run.bash(script, repository).split(SEPARATOR)
    assert len(answers) == len(walk) >= 5
    for step, answer in zip(walk, answers, strict=True):
        assert answer.endswith("\n"), "the prompt would follow the answer on its line"
        assert "/problems/" not in answer, answer
        if step.expected:
            given = json.loads(answer.strip().splitlines()[-1])
            expected = json.loads(step.expected)
            assert {name: given.get(name) for name in expected} == expected


def test_make_run_prints_a_token_and_three_requests_that_work(made_run: MadeRun, repository: Path) -> None:
    printed = made_run.output.read_text()
    token = re.search(r"^TOKEN='[^']+'$", printed, re.MULTILINE)
    requests = re.findall(r"^curl (?:.*\\\n)*.*$", printed, re.MULTILINE)
    assert token is not None
    assert len(requests) == 3
    answers = made_run.bash("\n".join([token.group(), *requests]), repository)
    assert answers.endswith("\n")
    posted, paid, balance = (json.loads(line) for line in answers.splitlines())
    assert "journal_entry_id" in posted
    assert paid["allocation"]["principal_minor"] == "88849"
    assert balance["principal_outstanding_minor"] == str(1_000_000 - 88_849)


def test_the_two_commands_are_targets_of_the_makefile(repository: Path) -> None:
    console = blocks(repository / "README.md", "console")[0]
    named = re.findall(r"^make (\w+)", console, re.MULTILINE)
    assert named == ["run", "test"]
    makefile = (repository / "Makefile").read_text()
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_continuous_integration_runs_make_test(repository: Path) -> None:
    script = repository / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("make test")


def test_every_command_the_readme_names_exists(made_run: MadeRun, repository: Path) -> None:
    named = set(re.findall(r"`hpts ((?:contract )?\w[\w-]*)[^`]*`", (repository / "README.md").read_text()))
    commands = {"serve", "migrate", "token", "dev-certs", "demo", "reconcile", "verify", "backup", "restore"}
    commands |= {"deliver", "rotate-secret-key"}
    assert named == commands | {"contract check", "contract diff"}
    for command in named:
        assert "Usage" in made_run.bash(f".venv/bin/hpts {command} --help", repository)
