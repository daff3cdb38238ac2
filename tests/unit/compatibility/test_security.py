"""Security: an operation that requires more is breaking, one that requires less is additive; schemes, flows and scopes alike."""

from typing import Any, Final

import pytest

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from tests.unit.compatibility.documents import DELETED, DOCUMENT, OPERATION, ChangedValue, kinds_and_rules, with_change

FLOW: Final = "/components/securitySchemes/token/flows/clientCredentials"
BREAKING: Final[list[ChangedValue]] = [
    ("security-tightened", f"{OPERATION}/security/0/token", ["items:admin"]),
    ("security-tightened", f"{OPERATION}/security/0/token/-", "items:read"),
    ("security-tightened", "/paths/~1health/get/security/-", {"token": []}),
    ("security-scheme-removed", "/components/securitySchemes/token", DELETED),
    ("security-scheme-changed", "/components/securitySchemes/token/type", "http"),
    ("security-flow-removed", FLOW, DELETED),
    ("security-flow-changed", f"{FLOW}/tokenUrl", "https://elsewhere.example"),
    ("security-scope-removed", f"{FLOW}/scopes/items:read", DELETED),
    ("security-scheme-changed", "/components/securitySchemes/key", {"type": "apiKey", "in": "query", "name": "Key"}),
]
ADDITIVE: Final[list[ChangedValue]] = [
    ("security-relaxed", f"{OPERATION}/security/0/token", []),
    ("security-relaxed", f"{OPERATION}/security/-", {}),
    ("security-scope-added", f"{FLOW}/scopes/items:admin", ""),
    ("security-flow-added", "/components/securitySchemes/token/flows/password", {}),
    ("security-scheme-added", "/components/securitySchemes/more", {}),
]
NO_CHANGE: Final[list[tuple[str, Any]]] = [
    ("/components/securitySchemes/key", {"$ref": "#/components/securitySchemes/header"}),
    ("/components/securitySchemes/key/description", "x"),
]


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_security_that_requires_more_or_something_else_is_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in kinds_and_rules(pointer, value)


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_security_that_requires_less_or_offers_more_is_additive(rule: str, pointer: str, value: Any) -> None:
    assert kinds_and_rules(pointer, value) == [(ChangeKind.ADDITIVE, rule)]


@pytest.mark.parametrize(("pointer", "value"), NO_CHANGE)
def test_a_scheme_that_is_referred_to_or_described_is_unchanged(pointer: str, value: Any) -> None:
    assert diff(DOCUMENT, with_change(pointer, value)) == []
    assert diff(with_change(pointer, value), DOCUMENT) == []
