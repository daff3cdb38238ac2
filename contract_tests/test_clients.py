"""The clients are those of this contract: generated anew they are the same, and a change of the contract changes them."""

from pathlib import Path
from typing import Any

import pytest

from clients.generate import FOLDER, GENERATED, GenerationFailed, generate, without_failures


def contents(folder: Path) -> dict[str, str]:
    """The text of each generated file."""
    files = [file for path in GENERATED for file in (folder / path, *(folder / path).rglob("*")) if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files if file.suffix in {".py", ".ts"}}


def test_the_committed_clients_are_those_that_the_contract_gives(tmp_path: Path) -> None:
    """What the contract does not have is removed."""
    left_over = tmp_path / GENERATED[0] / "payments" / "post_barter.py"
    left_over.parent.mkdir(parents=True)
    left_over.touch()
    generate(tmp_path)
    committed, made = contents(FOLDER), contents(tmp_path)
    different = {name for name in committed.keys() | made.keys() if committed.get(name) != made.get(name)}
    assert len(made) > 60
    assert different == set(), "the contract has changed: run `make clients`"


def test_a_contract_that_cannot_be_read_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("openapi: 3.1.0\npaths: {}\n")
    monkeypatch.setattr("clients.generate.DOCUMENT", broken)
    with pytest.raises(GenerationFailed):
        generate(tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_neither_problems_nor_deprecated_parameters_reach_an_operation(document: dict[str, Any]) -> None:
    changed = without_failures(document)
    payment = changed["paths"]["/payments"]["post"]
    assert [each["$ref"].rpartition("/")[2] for each in payment["parameters"]] == ["IdempotencyKey", "Traceparent"]
    assert payment["responses"].keys() == {"200", "201"}
    assert changed["paths"]["/health/ready"]["get"]["responses"].keys() == {"200", "503"}
