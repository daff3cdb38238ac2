"""Breaking and additive changes of operations, webhooks and callbacks, and of complete documents."""

from copy import deepcopy
from typing import Any, Final

import pytest

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from app.compatibility.documents import read_document
from app.contract.document import DOCUMENT as PUBLISHED_FILE
from tests.unit.compatibility.documents import (
    CALLBACK,
    DELETED,
    DOCUMENT,
    OPERATION,
    WEBHOOK,
    WEBHOOK_SCHEMA,
    ChangedValue,
    kinds_and_rules,
    with_change,
)

PUBLISHED: Final = read_document(str(PUBLISHED_FILE))
BREAKING: Final[list[ChangedValue]] = [
    ("operation-removed", OPERATION, DELETED),
    ("operation-removed", WEBHOOK, DELETED),
    ("callback-removed", f"{OPERATION}/callbacks/done", DELETED),
    ("callback-removed", CALLBACK, DELETED),
    ("operation-id", f"{OPERATION}/operationId", "createItem"),
    ("response-enum-added", f"{WEBHOOK_SCHEMA}/enum/-", "y"),
    ("response-type-added", f"{WEBHOOK}/parameters/0/schema/type", ["string", "null"]),
    ("response-type-added", f"{CALLBACK}/requestBody/content/application~1json/schema/type", ["string", "null"]),
]
ADDITIVE: Final[list[ChangedValue]] = [
    ("operation-added", "/paths/~1more", {"get": {"operationId": "getMore", "responses": {}}}),
    ("operation-deprecated", f"{OPERATION}/deprecated", True),
    ("callback-added", f"{OPERATION}/callbacks/more", {"{$url}": {"post": {}}}),
    ("operation-deprecated", f"{WEBHOOK}/deprecated", True),
]
NO_CHANGE: Final[list[tuple[str, Any]]] = [
    ("/paths/x-more", ["anything"]),
]


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_an_operation_or_a_delivery_that_breaks_clients_is_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in kinds_and_rules(pointer, value)


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_new_or_deprecated_operation_is_additive(rule: str, pointer: str, value: Any) -> None:
    assert kinds_and_rules(pointer, value) == [(ChangeKind.ADDITIVE, rule)]


@pytest.mark.parametrize(("pointer", "value"), NO_CHANGE)
def test_an_extension_beside_the_paths_is_no_operation(pointer: str, value: Any) -> None:
    assert diff(DOCUMENT, with_change(pointer, value)) == []
    assert diff(with_change(pointer, value), DOCUMENT) == []


def test_a_document_compared_with_a_copy_has_no_changes() -> None:
    assert diff(PUBLISHED, deepcopy(PUBLISHED)) == []
    assert diff(DOCUMENT, deepcopy(DOCUMENT)) == []
