"""The Python files of the repository, read and parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from clients.generate import GENERATED

REPOSITORY: Final = Path(__file__).parents[2]
SERVICE: Final = ("app", "handlers")
EVERYTHING: Final = (*SERVICE, "openapi", "clients", "tests", "contract_tests", "benchmarks")
MADE: Final = {"__pycache__", "node_modules"}


@dataclass(frozen=True, slots=True)
class Source:
    """`path` is relative to the repository."""

    path: str
    text: str
    tree: ast.Module


def sources(trees: tuple[str, ...]) -> Iterator[Source]:
    """The files in these folders, in the order of their paths."""
    for tree in trees:
        for file in sorted((REPOSITORY / tree).rglob("*.py")):
            if MADE.isdisjoint(file.parts) and not is_generated(file):
                yield _source(file)


def is_generated(file: Path) -> bool:
    """Whether the file is a client's, written by a generator in its own style."""
    return any(file.is_relative_to(REPOSITORY / "clients" / each) for each in GENERATED)


@cache
def _source(file: Path) -> Source:
    text = file.read_text("utf-8")
    return Source(file.relative_to(REPOSITORY).as_posix(), text, ast.parse(text))
