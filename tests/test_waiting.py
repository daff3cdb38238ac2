"""No test has a limit of its own on how long something may take: a slow machine is no failure."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = ("tests", "contract_tests")
WAITING = {"wait": 0, "join": 0, "timeout": 0, "wait_for": 1}
"""Functions that take a limit in seconds, and the position of that argument."""


def short_limits(source: str) -> Iterator[int]:
    """Lines of calls with a limit that is written as a number; zero asks without waiting."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or _is_mark(node.func):
            continue
        limits = [keyword.value for keyword in node.keywords if keyword.arg == "timeout"]
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        limits += node.args[WAITING[name] : WAITING[name] + 1] if name in WAITING else []
        if any(isinstance(each, ast.Constant) and type(each.value) in (int, float) and each.value for each in limits):
            yield node.lineno


def _is_mark(function: ast.expr) -> bool:
    """Whether this is `pytest.mark.timeout`, which ends a whole test that hangs."""
    return ast.unparse(function) == "pytest.mark.timeout"


def test_every_limit_on_waiting_is_the_one_that_ends_a_hang(repository: Path) -> None:
    sources = [
        source for folder in FOLDERS for source in (repository / folder).rglob("*.py") if "node_modules" not in source.parts
    ]
    found = [f"{source.relative_to(repository)}:{line}" for source in sources for line in short_limits(source.read_text("utf-8"))]
    assert len(sources) > 100
    assert found == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("process.wait(30)", [1]),
        ("httpx.get(url, timeout=2.5)", [1]),
        ("asyncio.wait_for(reading, 5)", [1]),
        ("asyncio.timeout(HANG_SECONDS)", []),
        ("asyncio.wait(tasks, timeout=0)", []),
        ("pytest.mark.timeout(3_600)", []),
        ("', '.join('5')", []),
    ],
)
def test_a_limit_that_is_written_as_a_number_is_found(source: str, lines: list[int]) -> None:
    assert list(short_limits(source)) == lines
