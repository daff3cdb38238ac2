"""Runs Schemathesis as a child process and reads its report."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.conformance.fuzz.acceptance_rate import AcceptanceRate, read_acceptance_rates
from app.conformance.fuzz.plan import REQUEST_TIMEOUT_SECONDS, Plan

HOOKS_MODULE: Final = "app.conformance.fuzz.hooks"
SHOWN_TOKEN: Final = "Bearer $HPTS_TOKEN"
"""What is printed instead of a token. Nothing else of a request is hidden: its key and its page token are needed to repeat it."""
STATUSES_FOR_VALID_REQUESTS: Final = ["2xx", "401", "403", "404", "409", "422"]
"""Statuses allowed for valid data. Refusals are among them, because schemas cannot express which loans exist or what is owed."""
STATUSES_FOR_INVALID_REQUESTS: Final = ["400", "401", "403", "404", "405", "406", "413", "415", "422", "431"]
"""Statuses allowed for invalid data."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of failure, and the operations in which it occurred."""

    check: str
    title: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`passed` is also False when the run did not complete; `log` is everything that Schemathesis printed."""

    passed: bool
    cases: int
    seed: int
    failures: tuple[Failure, ...]
    acceptance_rates: tuple[AcceptanceRate, ...]
    log: str


def fuzz(plan: Plan, show: Callable[[str], None] = lambda _: None) -> Outcome:
    """Runs the plan. `show` receives the output of Schemathesis as it is printed."""
    with tempfile.TemporaryDirectory(prefix="hpts-fuzz-") as name:
        folder = Path(name)
        plan = replace(plan, acceptance_rates_file=str(folder / "acceptance_rates.json"))
        (folder / "schemathesis.toml").write_text(_configuration(plan), encoding="utf-8")
        log = bytearray()
        with subprocess.Popen(
            _command(plan, folder),
            env=_environment() | plan.to_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout is not None
            while output := process.stdout.read1():  # type: ignore[attr-defined]  # typed as IO[bytes], but buffered
                log += output
                show(output.decode("utf-8", "replace"))
        return _read_outcome(plan, process.returncode, folder, _pasteable(log.decode(errors="replace")))


def _pasteable(log: str) -> str:
    """The commands that repeat a request take the token from the environment, which a shell reads in double quotes only."""
    return log.replace(f"'Authorization: {SHOWN_TOKEN}'", f'"Authorization: {SHOWN_TOKEN}"')


def _command(plan: Plan, folder: Path) -> list[str]:
    command = [
        *(sys.executable, "-m", "schemathesis.cli"),
        *("--config-file", str(folder / "schemathesis.toml")),
        *("run", plan.document),
        *("--url", plan.target.url, "--seed", str(plan.seed), "--workers", "1", "--continue-on-failure", "--no-color"),
        *("--phases", plan.profile.phases),
        *("--report", "json", "--report-json-path", str(folder / "report.json")),
        *plan.target.tls.for_schemathesis(),
    ]
    if plan.profile.max_seconds:
        command += ["--max-time", str(plan.profile.max_seconds)]
    return command if plan.writes else [*command, "--include-method", "GET"]


def _configuration(plan: Plan) -> str:
    """The configuration as TOML. Strings and lists of strings are written as JSON, which is valid TOML for them."""
    unexpected = ["DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "POST"] if plan.writes else ["OPTIONS", "TRACE"]
    bearer = f"Bearer {plan.target.token}"
    return f"""\
hooks = {json.dumps(HOOKS_MODULE)}
request-timeout = {REQUEST_TIMEOUT_SECONDS}
[headers]
{"Authorization = " + json.dumps(bearer) if plan.target.token else ""}
[generation]
max-examples = {plan.profile.max_examples}
database = ":memory:"
[output.sanitization]
keys-to-sanitize = ["authorization"]
sensitive-markers = ["authorization"]
replacement = "{SHOWN_TOKEN}"
[phases.coverage]
unexpected-methods = {json.dumps(unexpected)}
[checks.positive_data_acceptance]
expected-statuses = {json.dumps(STATUSES_FOR_VALID_REQUESTS)}
[checks.negative_data_rejection]
expected-statuses = {json.dumps(STATUSES_FOR_INVALID_REQUESTS)}
"""


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SCHEMATHESIS_")}


def _read_outcome(plan: Plan, exit_code: int, folder: Path, log: str) -> Outcome:
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
        acceptance_rates=tuple(read_acceptance_rates(Path(plan.acceptance_rates_file))),
        log=log,
    )
