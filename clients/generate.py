"""Generates the clients from the contract: `make clients`, or `python -m clients.generate`.

Only `GENERATED` is written: what the operations and values of the contract are. How requests are sent is written by hand.
"""

import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from app.contract.document import DOCUMENT
from app.contract.operations import each_operation, follow_reference
from contract_tests.node import program

FOLDER: Final = Path(__file__).parent
PACKAGE: Final = Path("python/hpts_client")
TYPES: Final = Path("typescript/index.d.ts")
GENERATED: Final = (PACKAGE / "api", PACKAGE / "models", TYPES)
"""Relative to this folder."""
PROBLEM: Final = "application/problem+json"


class GenerationFailed(Exception):
    """A generator could not read the contract, or left a part of it out; the message is its output."""


def generate(target: Path) -> None:
    """Writes `GENERATED` below `target`; raises GenerationFailed, NodeUnavailable."""
    with TemporaryDirectory(prefix="hpts-clients-") as name:
        made = Path(name)
        document = made / "openapi.yaml"
        document.write_text(yaml.safe_dump(without_failures(yaml.safe_load(DOCUMENT.read_text("utf-8")))), "utf-8")
        _generate_python(document, made / PACKAGE)
        (made / TYPES).parent.mkdir()
        _run([*program("openapi-typescript"), str(DOCUMENT), "--output", str(made / TYPES)])
        for path in GENERATED:
            _replace(target / path, made / path)


def without_failures(document: dict[str, Any]) -> dict[str, Any]:
    """Neither problems, which one reader takes for all operations, nor what is deprecated, which no new client needs."""
    changed = deepcopy(document)
    for _, _, operation in each_operation(changed):
        parameters = [each for each in operation.get("parameters", []) if not follow_reference(document, each).get("deprecated")]
        answers = {
            status: each
            for status, each in operation["responses"].items()
            if PROBLEM not in follow_reference(document, each).get("content", {})
        }
        operation |= {"parameters": parameters, "responses": answers}
    return changed


def _generate_python(document: Path, package: Path) -> None:
    package.parent.mkdir()
    generator = Path(sys.executable).with_name("openapi-python-client")
    source = ["generate", "--path", str(document), "--meta", "none", "--output-path", str(package), "--fail-on-warning"]
    options = ["--config", str(FOLDER / "generator.yaml"), "--custom-template-path", str(FOLDER / "templates")]
    _run([str(generator), *source, *options])


def _run(command: list[str]) -> None:
    """The generator finds the formatter on the PATH; the environment's has to be the one."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GenerationFailed(done.stdout + done.stderr)


def _replace(target: Path, made: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    if made.is_dir():
        shutil.copytree(made, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(made, target)


if __name__ == "__main__":
    generate(FOLDER)
