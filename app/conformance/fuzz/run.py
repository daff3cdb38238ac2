"""Runs Schemathesis, as a process of its own, and reads what it found."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.conformance.fuzz.acceptance_rate import Share, read
from app.conformance.fuzz.plan import Plan

HOOKS: Final = "app.conformance.fuzz.hooks"
REFUSED: Final = ["2xx", "401", "403", "404", "409", "422"]
"""What valid data may be answered: schemas cannot say which loans exist, nor what is still owed."""
REJECTED: Final = ["400", "401", "403", "404", "405", "406", "413", "415", "422", "431"]
"""What invalid data may be answered."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of failure, on the operations where it was seen."""

    check: str
    title: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`passed` is False as well when the run ended before its time; `log` is all that was printed."""

    passed: bool
    cases: int
    seed: int
    failures: tuple[Failure, ...]
    shares: tuple[Share, ...]
    log: str


def fuzz(plan: Plan, show: Callable[[str], None] = lambda _: None) -> Outcome:
    """Tries the plan; what Schemathesis prints is shown as it comes, and is kept either way."""
    with tempfile.TemporaryDirectory(prefix="hpts-fuzz-") as name:
        folder = Path(name)
        told = replace(plan, shares=str(folder / "shares.json"))
        (folder / "schemathesis.toml").write_text(_configuration(told), encoding="utf-8")
        log = bytearray()
        with subprocess.Popen(
            _command(told, folder),
            env=_environment() | told.to_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            while some := process.stdout.read1():  # type: ignore[attr-defined]  # a pipe is buffered
                log += some
                show(some.decode("utf-8", "replace"))
        return _outcome(told, process.returncode, folder, log.decode(errors="replace"))


def _command(plan: Plan, folder: Path) -> list[str]:
    command = [
        *(sys.executable, "-m", "schemathesis.cli"),
        *("--config-file", str(folder / "schemathesis.toml")),
        *("run", plan.document),
        *("--url", plan.target.url, "--seed", str(plan.seed), "--workers", "1", "--continue-on-failure", "--no-color"),
        *("--phases", plan.profile.phases),
        *("--report", "json", "--report-json-path", str(folder / "report.json")),
    ]
    if plan.profile.max_seconds:
        command += ["--max-time", str(plan.profile.max_seconds)]
    return command if plan.writes else [*command, "--include-method", "GET"]


def _configuration(plan: Plan) -> str:
    """As TOML, in which a JSON string or list of strings is one too."""
    unexpected = ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "POST"] if plan.writes else ["OPTIONS", "TRACE"]
    bearer = f"Bearer {plan.target.token}"
    return f"""\
hooks = {json.dumps(HOOKS)}
request-timeout = 30
[headers]
{"Authorization = " + json.dumps(bearer) if plan.target.token else ""}
[generation]
max-examples = {plan.profile.max_examples}
database = ":memory:"
[phases.coverage]
unexpected-methods = {json.dumps(unexpected)}
[checks.positive_data_acceptance]
expected-statuses = {json.dumps(REFUSED)}
[checks.negative_data_rejection]
expected-statuses = {json.dumps(REJECTED)}
"""


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SCHEMATHESIS_")}


def _outcome(plan: Plan, exit_code: int, folder: Path, log: str) -> Outcome:
    report: dict[str, Any] = {}
    if (folder / "report.json").exists():
        report = json.loads((folder / "report.json").read_text("utf-8"))
    found = [*report.get("failures", []), *report.get("errors", [])]
    failures = [Failure(each.get("code") or "error", each["title"], tuple(each.get("operations") or ())) for each in found]
    if exit_code and not failures:
        failures = [Failure("run", f"Schemathesis ended with exit code {exit_code}", ())]
    return Outcome(
        passed=exit_code == 0 and bool(report.get("complete")),
        cases=report.get("test_cases", {}).get("generated", 0),
        seed=plan.seed,
        failures=tuple(failures),
        shares=tuple(read(Path(plan.shares))),
        log=log,
    )
