"""Every module with logic has its unit test at the mirrored place, and every unit test has its module.

The exceptions are named: modules that are tested beside a running server.
"""

import ast
from pathlib import Path
from typing import Final

from tests.tidy.sources import is_generated

ROOTS: Final = {"app": "", "handlers": "handlers/", "clients/python/hpts_client": "hpts_client/"}
"""The packages, and where in tests/unit their tests are."""
AGAINST_A_DEPLOYMENT: Final = {
    "app/conformance/answer_check.py": "contract_tests/test_operation_probes.py",
    "app/conformance/checks.py": "contract_tests/test_contract_check.py",
    "app/conformance/example_requests.py": "contract_tests/test_mock.py",
    "app/conformance/example_scenario.py": "contract_tests/test_links.py",
    "app/conformance/fragment.py": "contract_tests/test_published_fragment.py",
    "app/conformance/fuzz/acceptance_rate.py": "contract_tests/test_fuzz.py",
    "app/conformance/fuzz/deployment_client.py": "contract_tests/test_fuzz.py",
    "app/conformance/fuzz/hooks.py": "contract_tests/test_fuzz.py",
    "app/conformance/fuzz/invariants.py": "contract_tests/test_fuzz.py",
    "app/conformance/fuzz/known_state.py": "contract_tests/test_fuzz.py",
    "app/conformance/fuzz/mirror.py": "contract_tests/test_fuzz.py",
    "app/conformance/fuzz/plan.py": "contract_tests/test_fuzz.py",
    "app/conformance/fuzz/repair.py": "contract_tests/test_fuzz.py",
    "app/conformance/fuzz/run.py": "contract_tests/test_fuzz.py",
    "app/conformance/node.py": "contract_tests/test_contract_check.py",
    "app/conformance/operation_probes.py": "contract_tests/test_operation_probes.py",
    "app/conformance/parity.py": "contract_tests/test_mock.py",
    "app/conformance/prism.py": "contract_tests/test_mock.py",
    "app/conformance/report.py": "contract_tests/test_contract_check.py",
    "app/conformance/tls_files.py": "contract_tests/test_contract_check.py",
    "app/demo/player.py": "tests/service/test_demo.py",
    "app/demo/report.py": "tests/service/test_demo.py",
    "app/dev/server.py": "tests/service/test_serving.py",
}
"""Modules that only mean something beside a running server, and where they are tested with one."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def has_logic(source: str) -> bool:
    """Whether a function or method does something: declarations, protocols and what every class has are not logic."""
    for node in ast.parse(source).body:
        if isinstance(node, Function) and _does_something(node):
            return True
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, Function) and _does_something(each)]
            if any(each.name == "__call__" or not each.name.startswith("__") for each in methods):
                return True
    return False


def _does_something(function: Function) -> bool:
    """More than a docstring and an ellipsis."""
    return not all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in function.body)


def modules(repository: Path) -> dict[str, Path]:
    """Each module by the place of its test, relative to tests/unit."""
    found = {}
    for package, place in ROOTS.items():
        written = (each for each in (repository / package).rglob("*.py") if not is_generated(each))
        for path in sorted(written):
            within = path.relative_to(repository / package)
            found[f"{place}{within.with_name(f'test_{within.name}').as_posix()}"] = path
    return found


def unit_tests(repository: Path) -> set[str]:
    unit = repository / "tests" / "unit"
    return {path.relative_to(unit).as_posix() for path in unit.rglob("test_*.py")} - {Path(__file__).name}


def test_every_module_with_logic_has_its_test(repository: Path) -> None:
    expected = {test: path for test, path in modules(repository).items() if has_logic(path.read_text())}
    missing = {expected[test].relative_to(repository).as_posix() for test in expected.keys() - unit_tests(repository)}
    assert missing == AGAINST_A_DEPLOYMENT.keys()
    assert all((repository / test).exists() for test in AGAINST_A_DEPLOYMENT.values())


def test_every_test_has_its_module(repository: Path) -> None:
    """A module may have a second test, whose name goes on: test_compare_laws.py is of compare.py."""
    stems = [test.removesuffix(".py") for test in modules(repository)]
    strays = {test for test in unit_tests(repository) if not any(f"{test[:-3]}_".startswith(f"{stem}_") for stem in stems)}
    assert strays == set()


def test_what_counts_as_logic() -> None:
    declarations = (
        "LIMIT = 5",
        "class Point:\n    x: int\n    def __init__(self) -> None:\n        self.x = 1",
        "class Store(Protocol):\n    def close(self) -> None:\n        '''Ends it.'''\n        ...",
    )
    logic = (
        "def double(x):\n    return 2 * x",
        "async def go():\n    await x",
        "class Point:\n    @property\n    def x(self):\n        return 1",
        "class Step:\n    def __call__(self):\n        return 1",
    )
    assert [has_logic(source) for source in (*declarations, *logic)] == [False] * len(declarations) + [True] * len(logic)
