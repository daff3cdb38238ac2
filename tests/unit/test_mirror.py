"""Every module with logic has its unit test at the mirrored place, and every unit test has its module."""

import ast
from pathlib import Path
from typing import Final

ROOTS: Final = {"app": "", "handlers": "handlers/"}
"""The packages, and where in tests/unit their tests are."""
WITHOUT_A_TEST: Final = {
    "app/auth/jwk.py",
    "app/auth/key_source.py",
    "app/cli/console_output.py",
    "app/cli/contract_check.py",
    "app/cli/contract_diff.py",
    "app/cli/database.py",
    "app/cli/demo.py",
    "app/cli/dev_token.py",
    "app/cli/error_reporting.py",
    "app/cli/examples.py",
    "app/cli/gunicorn_server.py",
    "app/cli/migrate.py",
    "app/cli/reconcile.py",
    "app/cli/serve.py",
    "app/cli/verify.py",
    "app/compatibility/change.py",
    "app/compatibility/documents.py",
    "app/compatibility/keywords.py",
    "app/compatibility/matching.py",
    "app/compatibility/media.py",
    "app/compatibility/parameters.py",
    "app/compatibility/responses.py",
    "app/compatibility/schema.py",
    "app/compatibility/security.py",
    "app/compatibility/servers.py",
    "app/conformance/checks.py",
    "app/conformance/example_requests.py",
    "app/conformance/example_scenario.py",
    "app/conformance/fragment.py",
    "app/conformance/fuzz/acceptance_rate.py",
    "app/conformance/fuzz/hooks.py",
    "app/conformance/fuzz/invariants.py",
    "app/conformance/fuzz/known_state.py",
    "app/conformance/fuzz/mirror.py",
    "app/conformance/fuzz/plan.py",
    "app/conformance/fuzz/repair.py",
    "app/conformance/fuzz/run.py",
    "app/conformance/fuzz/wire.py",
    "app/conformance/node.py",
    "app/conformance/parity.py",
    "app/conformance/prism.py",
    "app/conformance/report.py",
    "app/contract/openapi_core_validator.py",
    "app/contract/operations.py",
    "app/contract/violations.py",
    "app/demo/player.py",
    "app/demo/report.py",
    "app/dev/server.py",
    "app/edge/access_log.py",
    "app/edge/call.py",
    "app/edge/connexion_host.py",
    "app/edge/handler_resolver.py",
    "app/edge/http1.py",
    "app/edge/lifespan.py",
    "app/edge/request.py",
    "app/edge/respond.py",
    "app/ledger/balance.py",
    "app/ledger/book.py",
    "app/ledger/decision.py",
    "app/ledger/effects.py",
    "app/ledger/entry.py",
    "app/ledger/events/accrual.py",
    "app/ledger/events/disbursement.py",
    "app/ledger/events/event.py",
    "app/ledger/events/fee.py",
    "app/ledger/events/payment.py",
    "app/ledger/events/reversal.py",
    "app/ledger/money.py",
    "app/pages/contract.py",
    "app/pages/faults.py",
    "app/pages/operations.py",
    "app/posting/batch.py",
    "app/posting/blocking_entries.py",
    "app/posting/command.py",
    "app/posting/key_retention.py",
    "app/posting/writer.py",
}
"""Modules whose test is still to be written; the list only shrinks."""
WITHOUT_A_MODULE: Final = {
    "cli/test_cli.py",
}
"""Tests that are still to be split by module."""
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
        for path in sorted((repository / package).rglob("*.py")):
            within = path.relative_to(repository / package)
            found[f"{place}{within.with_name(f'test_{within.name}').as_posix()}"] = path
    return found


def unit_tests(repository: Path) -> set[str]:
    unit = repository / "tests" / "unit"
    return {path.relative_to(unit).as_posix() for path in unit.rglob("test_*.py")} - {Path(__file__).name}


def test_every_module_with_logic_has_its_test(repository: Path) -> None:
    expected = {test: path for test, path in modules(repository).items() if has_logic(path.read_text())}
    missing = {expected[test].relative_to(repository).as_posix() for test in expected.keys() - unit_tests(repository)}
    assert missing == WITHOUT_A_TEST


def test_every_test_has_its_module(repository: Path) -> None:
    """A module may have a second test, whose name goes on: test_compare_laws.py is of compare.py."""
    stems = [test.removesuffix(".py") for test in modules(repository)]
    strays = {test for test in unit_tests(repository) if not any(f"{test[:-3]}_".startswith(f"{stem}_") for stem in stems)}
    assert strays == WITHOUT_A_MODULE


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
