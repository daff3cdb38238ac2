"""docs/architecture.md is true: every folder has its line, what it names exists, its layers are those of the linter."""

import ast
import os
import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from clients.generate import GENERATED

PAGE = "docs/architecture.md"
TREES = ("openapi", "clients", "handlers", "app", "tests", "contract_tests", "benchmarks", "docs", "deploy", ".ci")
MIRROR = "tests/unit/"
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
MADE = {"__pycache__", "node_modules"}
GENERATED_FOLDERS = {Path("clients") / each for each in GENERATED}
"""They have a line, and the folders in them have none."""
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
STEP = re.compile(r"^\| \d+ \| `([^`]+)` \| (.+?) \|", re.MULTILINE)


@pytest.fixture
def page(repository: Path) -> str:
    return (repository / PAGE).read_text("utf-8")


def folders(repository: Path, top: Path) -> set[str]:
    """`top` and every folder in it with a file that no tool made, as the page writes them."""
    found: set[Path] = set()
    for path, inner, files in os.walk(top):
        inner[:] = [name for name in inner if name not in MADE and not name.startswith(".")]
        if Path(path).relative_to(repository) in GENERATED_FOLDERS:
            inner.clear()
        if files:
            found |= {each for each in (Path(path), *Path(path).parents) if each.is_relative_to(top)}
    return {f"{each.relative_to(repository).as_posix()}/" for each in found}


def defined(module: ast.Module) -> set[str]:
    """Functions, classes and methods of a module, a method with its class before it."""
    found = set()
    for node in module.body:
        if isinstance(node, FUNCTION | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, FUNCTION)}
    return found


def test_every_folder_and_every_top_module_of_app_has_one_line(page: str, repository: Path) -> None:
    listed = ROW.findall(page.partition("## Folders")[2])
    there = set().union(*(folders(repository, repository / tree) for tree in TREES))
    there |= {f"app/{each.name}" for each in (repository / "app").glob("*.py") if each.name != "__init__.py"}
    mirroring = {each for each in there if each.startswith(MIRROR) and each != MIRROR}
    assert sorted(listed) == sorted(there - mirroring)


def test_the_folders_of_the_unit_tests_are_those_of_what_they_test(repository: Path) -> None:
    mirroring = {each.removeprefix(MIRROR) for each in folders(repository, repository / MIRROR)} - {""}
    tested = folders(repository, repository / "app") | {f"app/{tree}/" for tree in ("handlers", "openapi", "hpts_client")}
    assert {f"app/{each}" for each in mirroring} <= tested


def test_each_step_of_both_ways_names_functions_that_are_there(page: str, repository: Path) -> None:
    steps = STEP.findall(page)
    assert len(steps) >= 20
    for path, functions in steps:
        named = set(re.findall(r"`([^`]+)`", functions))
        assert named, path
        assert named <= defined(ast.parse((repository / path).read_text("utf-8"))), path


def test_the_layers_are_those_that_the_linter_holds(page: str, repository: Path) -> None:
    linter = ConfigParser()
    linter.read(repository / ".importlinter")
    (drawn,) = re.findall(r"^```layers\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert drawn.split("\n") == [*linter["importlinter:contract:layers"]["layers"].strip().split("\n"), ""]
