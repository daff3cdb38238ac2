"""Parameters and request bodies: clients write those of a request, and read those of a webhook."""

from typing import Any, Final

import pytest

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from tests.unit.compatibility.documents import DELETED, DOCUMENT, OPERATION, WEBHOOK, ChangedValue, kinds_and_rules, with_change

BREAKING: Final[list[ChangedValue]] = [
    ("request-parameter-removed", f"{OPERATION}/parameters/1", DELETED),
    ("request-parameter-required", f"{OPERATION}/parameters/-", {"name": "x", "in": "query", "required": True, "schema": {}}),
    ("request-parameter-required", f"{OPERATION}/parameters/1/required", True),
    ("request-parameter-explode", f"{OPERATION}/parameters/1/explode", False),
    ("request-parameter-form", f"{OPERATION}/parameters/1", {"name": "limit", "in": "query", "content": {"a/b": {}}}),
    ("request-parameter-style", f"{OPERATION}/parameters/1/style", "pipeDelimited"),
    ("request-body-removed", f"{OPERATION}/requestBody", DELETED),
    ("response-parameter-removed", f"{WEBHOOK}/parameters/0", DELETED),
    ("response-parameter-optional", f"{WEBHOOK}/parameters/0/required", False),
    ("request-type-removed", f"{OPERATION}/parameters/0/schema/type", "integer"),
]
ADDITIVE: Final[list[ChangedValue]] = [
    ("request-parameter-added", f"{OPERATION}/parameters/-", {"name": "x", "in": "query", "schema": {}}),
    ("request-parameter-optional", f"{OPERATION}/parameters/0/required", False),
    ("request-parameter-deprecated", f"{OPERATION}/parameters/1/deprecated", True),
    ("request-body-required", f"{OPERATION}/requestBody/required", False),
    ("response-parameter-added", f"{WEBHOOK}/parameters/-", {"name": "More", "in": "header", "required": True, "schema": {}}),
]
NO_CHANGE: Final[list[tuple[str, Any]]] = [
    (f"{OPERATION}/parameters/1/style", "form"),
    (f"{OPERATION}/parameters/1/explode", True),
    (f"{OPERATION}/parameters/0/style", "simple"),
    (f"{OPERATION}/parameters/0/explode", False),
    (f"{OPERATION}/parameters/1/required", False),
    (f"{OPERATION}/parameters/1/allowReserved", False),
]


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_parameter_or_a_body_that_breaks_clients_is_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in kinds_and_rules(pointer, value)


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_parameter_or_a_body_that_breaks_no_client_is_additive(rule: str, pointer: str, value: Any) -> None:
    assert kinds_and_rules(pointer, value) == [(ChangeKind.ADDITIVE, rule)]


@pytest.mark.parametrize(("pointer", "value"), NO_CHANGE)
def test_writing_the_default_of_a_parameter_explicitly_is_no_change(pointer: str, value: Any) -> None:
    assert diff(DOCUMENT, with_change(pointer, value)) == []
    assert diff(with_change(pointer, value), DOCUMENT) == []
