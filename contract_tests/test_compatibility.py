"""The document has no breaking change since the published fragment and since the document of the last release."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from app.conformance.fragment import load_fragment

REPOSITORY = Path(__file__).parent.parent
PATH = "openapi/openapi.yaml"


def breaking(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [f"{', '.join(each.where)}: {each.text}" for each in diff(old, new) if each.kind is ChangeKind.BREAKING]


def git(*arguments: str) -> str:
    """The output of git; empty if git is not installed or the command fails."""
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def test_the_document_keeps_what_the_published_fragment_promised(document: dict[str, Any]) -> None:
    assert breaking(load_fragment(), document) == []


def test_the_document_keeps_what_the_last_release_promised(document: dict[str, Any]) -> None:
    tag = git("describe", "--tags", "--abbrev=0", "--match", "v*").strip()
    released = git("show", f"{tag}:{PATH}") if tag else ""
    if not released:
        pytest.skip("there is no release yet, or no git")
    assert breaking(yaml.safe_load(released), document) == []


def test_removing_a_field_would_be_found(document: dict[str, Any]) -> None:
    fragment = load_fragment()
    del fragment["components"]["schemas"]["ReconciliationStatus"]["properties"]["portfolio_rollup"]
    assert breaking(document, fragment)
    schemas = {
        **document["components"]["schemas"],
        "ReconciliationStatus": fragment["components"]["schemas"]["ReconciliationStatus"],
    }
    without = {**document, "components": {**document["components"], "schemas": schemas}}
    assert breaking(document, without) == [
        "GET /reconciliation/status 200: ReconciliationStatus: field `portfolio_rollup` is gone"
    ]
