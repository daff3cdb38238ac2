"""Which tests may import which: `contract_tests` takes `tests.support` and nothing else of `tests`, and never the reverse."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = ("tests", "contract_tests")
SUPPORT = "tests.support"


def imported_modules(source: Path) -> Iterator[str]:
    """Full names of the modules, and of the members, that a file imports; no test imports relatively."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, source
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def is_allowed(importer: str, module: str) -> bool:
    if is_within(module, "contract_tests"):
        return is_within(importer, "contract_tests")
    if is_within(module, "tests") and not is_within(module, SUPPORT):
        return is_within(importer, "tests") and not is_within(importer, SUPPORT)
    return True


def test_every_import_goes_one_way(repository: Path) -> None:
    sources = [
        source for folder in FOLDERS for source in (repository / folder).rglob("*.py") if "node_modules" not in source.parts
    ]
    assert len(sources) > 100
    wrong = [
        f"{importer} imports {module}"
        for source in sources
        for importer in [".".join(source.relative_to(repository).with_suffix("").parts)]
        for module in imported_modules(source)
        if not is_allowed(importer, module)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "module", "allowed"),
    [
        ("contract_tests.test_links", "tests.support.postings", True),
        ("contract_tests.test_links", "tests.service.conftest", False),
        ("tests.service.test_fees", "contract_tests.links", False),
        ("tests.support.client", "contract_tests.links", False),
        ("tests.support.client", "tests.service.conftest", False),
        ("tests.unit.edge.test_trace", "tests.corpora.trace_contexts", True),
    ],
)
def test_the_rule_tells_the_ways_apart(importer: str, module: str, allowed: bool) -> None:
    assert is_allowed(importer, module) is allowed
