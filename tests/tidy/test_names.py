"""A public name means one thing: it is defined in one module of the service."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tests.tidy.sources import SERVICE, sources

EVERY_MODULES_OWN: Final = {"logger"}
"""A logger is named for its module, so each module has one, as the standard library's manual has it."""
VERSIONS: Final = "app/store/migrations/versions/"
"""Alembic says which names each version of the schema defines."""


def defined(tree: ast.Module) -> Iterator[str]:
    """Names of the classes, functions, constants, aliases and type variables at the top of a module."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def test_no_public_name_is_defined_in_two_modules() -> None:
    homes: defaultdict[str, set[str]] = defaultdict(set)
    for source in sources(SERVICE):
        if not source.path.startswith(VERSIONS):
            for name in defined(source.tree):
                homes[name].add(source.path)
    twice = {name: paths for name, paths in homes.items() if len(paths) > 1 and name not in EVERY_MODULES_OWN}
    lines = [f"{name}: {', '.join(sorted(paths))}" for name, paths in sorted(twice.items()) if not name.startswith("_")]
    assert not lines, "\n".join(lines)
