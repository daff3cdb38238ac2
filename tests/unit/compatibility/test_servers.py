"""Servers of a document, a path item or an operation: one that is gone is breaking, a new one is additive."""

from typing import Any, Final

import pytest

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from tests.unit.compatibility.documents import DELETED, DOCUMENT, OPERATION, ChangedValue, kinds_and_rules, with_change

BREAKING: Final[list[ChangedValue]] = [
    ("server-removed", "/servers/0", {"url": "https://two.example/v1"}),
    ("server-removed", "/paths/~1items/servers", [{"url": "https://other.example"}]),
    ("server-removed", f"{OPERATION}/servers", [{"url": "https://other.example"}]),
]
ADDITIVE: Final[list[ChangedValue]] = [
    ("server-added", "/servers/-", {"url": "https://two.example/v1"}),
    ("server-added", f"{OPERATION}/servers", [{"url": "https://one.example/v1"}, {"url": "https://two.example"}]),
]
NO_CHANGE: Final[list[tuple[str, Any]]] = [
    (f"{OPERATION}/servers", [{"url": "https://one.example/v1"}]),
]


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_server_that_is_gone_is_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in kinds_and_rules(pointer, value)


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_new_server_is_additive(rule: str, pointer: str, value: Any) -> None:
    assert kinds_and_rules(pointer, value) == [(ChangeKind.ADDITIVE, rule)]


@pytest.mark.parametrize(("pointer", "value"), NO_CHANGE)
def test_an_operation_that_repeats_the_server_of_the_document_is_unchanged(pointer: str, value: Any) -> None:
    assert diff(DOCUMENT, with_change(pointer, value)) == []
    assert diff(with_change(pointer, value), DOCUMENT) == []


def test_a_document_without_servers_is_served_at_the_root() -> None:
    without_servers = with_change("/servers", DELETED)
    assert diff(without_servers, with_change("/servers", [{"url": "/"}])) == []
    assert diff(with_change("/servers", [{"url": "/"}]), without_servers) == []
    assert [each.rule for each in diff(DOCUMENT, without_servers)] == ["server-removed"]
