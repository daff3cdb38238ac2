"""The document passes Spectral and Redocly with their strictest rules; every rule that is off has its reason beside it."""

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from contract_tests.node import program

FOLDER: Final = Path(__file__).parent.parent / "openapi"
DOCUMENT: Final = FOLDER / "openapi.yaml"
SPECTRAL: Final = FOLDER / ".spectral.yaml"
REDOCLY: Final = FOLDER / "redocly.yaml"
QUIET: Final = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

Document = dict[str, Any]


def _payment(document: Document) -> Any:
    return document["paths"]["/payments"]["post"]


def _schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


FAULTS: Final[dict[str, Callable[[Document], Any]]] = {
    "oas3-schema": lambda document: document["info"].pop("version"),
    "operation-description": lambda document: _payment(document).pop("description"),
    "owasp:api2:2023-write-restricted": lambda document: _payment(document).update(security=[]),
    "owasp:api4:2023-array-limit": lambda document: _schema(document, "Problem")["properties"]["errors"].pop("maxItems"),
    "ibm-define-required-properties": lambda document: _schema(document, "Problem")["required"].append("disk"),
    "ibm-no-array-of-arrays": lambda document: _schema(document, "JournalEntryPage")["properties"]["items"].update(
        items={"type": "array", "maxItems": 1, "items": {"type": "boolean"}}
    ),
    "hpts-string-limit": lambda document: _schema(document, "FeeRequest")["properties"].update(note={"type": "string"}),
    "struct": lambda document: document["info"].pop("version"),
    "operation-summary": lambda document: _payment(document).pop("summary"),
    "no-invalid-schema-examples": lambda document: _schema(document, "Currency").update(examples=["usd"]),
    "operation-4xx-response": lambda document: _payment(document).update(responses={"201": {"description": "Posted"}}),
}
"""What is done to a copy of the document, by the rule that must find it."""
FOUND_BY: Final = {"spectral": tuple(FAULTS)[:7], "redocly": tuple(FAULTS)[7:]}


def spectral(document: Path) -> set[str]:
    """The rules that found something, of whatever severity."""
    options = ["lint", str(document), "-r", str(SPECTRAL), "-f", "json", "--quiet", "--fail-severity=hint"]
    return {finding["code"] for finding in json.loads(_run("spectral", options) or "[]")}


def redocly(document: Path) -> set[str]:
    report = _run("redocly", ["lint", str(document), "--config", str(REDOCLY), "--format=json"])
    return {problem["ruleId"] for problem in json.loads(report)["problems"]}


LINTERS: Final = {"spectral": spectral, "redocly": redocly}


def _run(name: str, options: Sequence[str]) -> str:
    """What it printed; no exit status but `found nothing` and `found something` is let pass."""
    done = subprocess.run([*program(name), *options], env=QUIET, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr or done.stdout
    return done.stdout


@pytest.mark.parametrize("linter", LINTERS)
def test_the_linter_finds_nothing_in_the_document(linter: str) -> None:
    assert LINTERS[linter](DOCUMENT) == set()


@pytest.mark.parametrize("linter", LINTERS)
def test_the_linter_finds_every_fault_of_a_broken_document(linter: str, tmp_path: Path) -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    for rule in FOUND_BY[linter]:
        FAULTS[rule](document)
    broken = tmp_path / "openapi.yaml"
    broken.write_text(yaml.safe_dump(document, sort_keys=False))
    assert set(FOUND_BY[linter]) <= LINTERS[linter](broken)


@pytest.mark.parametrize("rules", [SPECTRAL, REDOCLY], ids=lambda path: path.name)
def test_every_rule_that_is_off_has_a_reason(rules: Path) -> None:
    off = [line for line in rules.read_text().splitlines() if ": off" in line.partition("#")[0]]
    assert len(off) >= 5
    assert [line for line in off if len(line.partition("# reason: ")[2].split()) < 4] == []
