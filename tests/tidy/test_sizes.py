"""Modules and functions fit in one view."""

import ast
from typing import Final

import pytest

from tests.tidy.sources import EVERYTHING, Source, sources

MODULE_LINES: Final = 300
FUNCTION_LINES: Final = 50


def functions(source: Source) -> list[tuple[str, int]]:
    """Each function with its number of lines, from its `def` to its last."""
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.parametrize("tree", EVERYTHING)
def test_no_module_is_longer_than_its_limit(tree: str) -> None:
    lengths = {source.path: len(source.text.splitlines()) for source in sources((tree,))}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


@pytest.mark.parametrize("tree", EVERYTHING)
def test_no_function_is_longer_than_its_limit(tree: str) -> None:
    lengths = [(f"{source.path} {name}", lines) for source in sources((tree,)) for name, lines in functions(source)]
    assert [each for each in lengths if each[1] > FUNCTION_LINES] == []
