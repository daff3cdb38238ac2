"""The Dockerfile keeps its promises, as far as reading it can tell."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest


class Instruction(NamedTuple):
    name: str
    value: str


def read_instructions(repository: Path) -> list[Instruction]:
    lines = [line for line in (repository / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines()]


@pytest.fixture
def instructions(repository: Path) -> list[Instruction]:
    return read_instructions(repository)


@pytest.fixture
def runtime(instructions: list[Instruction]) -> list[Instruction]:
    """The last stage: what runs."""
    starts = [index for index, each in enumerate(instructions) if each.name == "FROM"]
    return instructions[starts[-1] :]


def _values(instructions: list[Instruction], name: str) -> list[str]:
    return [each.value for each in instructions if each.name == name]


def test_it_is_built_in_two_stages_and_copies_only_the_result(
    instructions: list[Instruction], runtime: list[Instruction]
) -> None:
    assert [value.split()[2] for value in _values(instructions, "FROM")] == ["builder", "runtime"]
    assert _values(runtime, "COPY") == ["--from=builder /opt/hpts /opt/hpts"]


def test_both_stages_have_the_same_python(instructions: list[Instruction]) -> None:
    assert {value.split()[0] for value in _values(instructions, "FROM")} == {"python:3.13-slim"}


def test_it_runs_as_an_unprivileged_user(runtime: list[Instruction]) -> None:
    assert _values(runtime, "USER") == ["10001:10001"]
    last_root_step = max(index for index, each in enumerate(runtime) if each.name in {"RUN", "COPY"})
    assert [each.name for each in runtime].index("USER") > last_root_step


def test_its_health_check_asks_the_service_and_is_valid_python(runtime: list[Instruction]) -> None:
    (check,) = _values(runtime, "HEALTHCHECK")
    program, flag, code = json.loads(check.partition("CMD ")[2])
    assert (program, flag) == ("python", "-c")
    assert "/v1/health/live" in code
    compile(code, "HEALTHCHECK", "exec")


def test_what_runs_has_no_compiler(runtime: list[Instruction]) -> None:
    installed = {name for value in _values(runtime, "RUN") for name in re.findall(r"install ([^&|;]+)", value)}
    assert installed == {"--yes --no-install-recommends postgresql-client "}


def test_it_serves_in_production_mode_on_every_address(runtime: list[Instruction]) -> None:
    environment = " ".join(_values(runtime, "ENV"))
    assert "HPTS_ENV=prod" in environment
    assert "HPTS_HOST=0.0.0.0" in environment
    assert json.loads(_values(runtime, "CMD")[-1]) == ["hpts", "serve"]


def test_it_installs_exact_versions(instructions: list[Instruction]) -> None:
    assert any("pip install . -c constraints.txt" in value for value in _values(instructions, "RUN"))


def test_it_copies_only_what_the_ignore_file_lets_in(repository: Path, instructions: list[Instruction]) -> None:
    admitted = {line[1:] for line in (repository / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources: set[str] = set()
    for value in _values(instructions, "COPY"):
        if not value.startswith("--from"):
            sources |= {name.removeprefix("./") for name in value.split()[:-1]}
    assert sources == admitted
    assert all((repository / name).exists() for name in sources)
