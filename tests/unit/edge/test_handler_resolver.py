"""The handler of an operation: the function of its name in the module of its tag."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import pytest

from app.contract.document import Contract
from app.edge.handler_resolver import HandlerMissing, HandlerResolver

PACKAGE = "resolver_test_handlers"


@dataclass(frozen=True)
class ConnexionOperation:
    """Of Connexion's operation, only the id is asked for."""

    operation_id: str


@pytest.fixture
def payments(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A package of handlers whose only module is empty."""
    package, module = ModuleType(PACKAGE), ModuleType(f"{PACKAGE}.payments")
    package.__path__ = []
    monkeypatch.setitem(sys.modules, PACKAGE, package)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def handler(*_: Any) -> None:
    """Stands for a handler."""


def test_the_function_of_the_operation_is_found_in_the_module_of_its_tag(contract: Contract, payments: ModuleType) -> None:
    setattr(payments, "post_payment", handler)  # noqa: B010
    resolution = HandlerResolver(contract.operations, PACKAGE).resolve(ConnexionOperation("postPayment"))
    assert (resolution.function, resolution.operation_id) == (handler, "postPayment")


@pytest.mark.parametrize(
    ("operation_id", "function"),
    [("postPayment", "post_payment"), ("getLoanV2Balance", "get_loan_v2_balance"), ("list", "list")],
)
def test_a_name_in_camel_case_becomes_one_in_snake_case(
    contract: Contract, payments: ModuleType, operation_id: str, function: str
) -> None:
    setattr(payments, function, handler)
    operations = {operation_id: replace(contract.operations["postPayment"], operation_id=operation_id)}
    assert HandlerResolver(operations, PACKAGE).resolve(ConnexionOperation(operation_id)).function is handler


def test_a_missing_function_is_named(contract: Contract, payments: ModuleType) -> None:
    resolver = HandlerResolver(contract.operations, PACKAGE)
    with pytest.raises(HandlerMissing, match=rf"^postPayment needs a function post_payment in {PACKAGE}\.payments: "):
        resolver.resolve(ConnexionOperation("postPayment"))


def test_a_missing_module_is_named(contract: Contract, payments: ModuleType) -> None:
    resolver = HandlerResolver(contract.operations, PACKAGE)
    with pytest.raises(HandlerMissing, match=rf"needs a function get_liveness in {PACKAGE}\.health: No module named"):
        resolver.resolve(ConnexionOperation("getLiveness"))


def test_the_service_has_a_handler_for_every_operation(contract: Contract) -> None:
    resolver = HandlerResolver(contract.operations)
    for operation_id in contract.operations:
        resolution = resolver.resolve(ConnexionOperation(operation_id))
        assert resolution.function.__module__.startswith("handlers.")
        assert resolution.operation_id == operation_id
