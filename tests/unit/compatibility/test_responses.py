"""Responses: statuses, headers and links that clients rely on, and those that they have to expect."""

from copy import deepcopy
from typing import Any, Final

import pytest

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from tests.unit.compatibility.documents import CALLBACK, DELETED, DOCUMENT, OPERATION, ChangedValue, kinds_and_rules, with_change

BREAKING: Final[list[ChangedValue]] = [
    ("response-status-removed", f"{OPERATION}/responses/201", DELETED),
    ("response-status-added", f"{OPERATION}/responses/202", {}),
    ("response-header-removed", f"{OPERATION}/responses/201/headers/Location", DELETED),
    ("response-header-required", f"{OPERATION}/responses/201/headers/Location/required", False),
    ("link-removed", f"{OPERATION}/responses/201/links/item", DELETED),
    ("link-changed", f"{OPERATION}/responses/201/links/item/operationId", "getHealth"),
    ("response-status-removed", f"{CALLBACK}/responses/204", DELETED),
    ("response-type-added", f"{OPERATION}/responses/201/headers/Location/schema/type", ["string", "integer"]),
]
ADDITIVE: Final[list[ChangedValue]] = [
    ("response-status-added", f"{OPERATION}/responses/422", {}),
    ("response-status-removed", f"{OPERATION}/responses/400", DELETED),
    ("response-header-added", f"{OPERATION}/responses/201/headers/ETag", {"schema": {}}),
    ("link-added", f"{OPERATION}/responses/201/links/more", {}),
]


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_response_that_clients_do_not_expect_is_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in kinds_and_rules(pointer, value)


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_response_that_clients_have_to_expect_is_additive(rule: str, pointer: str, value: Any) -> None:
    assert kinds_and_rules(pointer, value) == [(ChangeKind.ADDITIVE, rule)]


def test_a_status_may_be_written_as_a_number() -> None:
    answers = DOCUMENT["paths"]["/items"]["post"]["responses"]
    numbered = with_change(f"{OPERATION}/responses", {int(status): answer for status, answer in answers.items()})
    assert diff(DOCUMENT, numbered) == diff(numbered, DOCUMENT) == []
    assert diff(numbered, deepcopy(numbered)) == []
