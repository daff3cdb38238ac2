"""Finds the handler of an operation: its tag is the module, its operationId in snake_case the function."""

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from connexion.resolver import Resolution, Resolver

from app.contract.operations import OperationContract

HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class HandlerMissing(Exception):
    """The document has an operation that no handler answers."""


class HandlerResolver(Resolver):
    """Connexion keeps the operationId of the document as its own."""

    def __init__(self, operations: Mapping[str, OperationContract], package: str = "handlers") -> None:
        super().__init__()
        self.operations = operations
        self.package = package

    def resolve(self, operation: Any) -> Resolution:
        contract = self.operations[operation.operation_id]
        module = f"{self.package}.{contract.tag}"
        name = HUMP.sub("_", contract.operation_id).lower()
        try:
            function = getattr(import_module(module), name)
        except (ModuleNotFoundError, AttributeError) as error:
            raise HandlerMissing(f"{contract.operation_id} needs a function {name} in {module}: {error}") from error
        return Resolution(function, contract.operation_id)  # type: ignore[no-untyped-call]
