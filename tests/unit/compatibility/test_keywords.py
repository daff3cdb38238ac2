"""Keywords that limit a value: narrowing them breaks requests, widening them breaks responses."""

from typing import Any, Final

import pytest

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from tests.unit.compatibility.documents import (
    ANSWER,
    DELETED,
    DOCUMENT,
    ITEM,
    ChangedValue,
    changes_in,
    kinds_and_rules,
    with_change,
    with_schema,
)

STRING: Final = {"type": "string"}
INTEGER: Final = {"type": "integer"}
BREAKING: Final[list[ChangedValue]] = [
    ("request-type-removed", f"{ITEM}/properties/choice", {"type": "string"}),
    ("request-enum", f"{ITEM}/properties/name/enum", ["aa"]),
    ("request-enum-removed", f"{ITEM}/properties/kind/enum/0", DELETED),
    ("request-minLength", f"{ITEM}/properties/name/minLength", 3),
    ("request-maxLength", f"{ITEM}/properties/name/maxLength", 8),
    ("request-minimum", f"{ITEM}/properties/count/minimum", 2),
    ("request-maximum", f"{ITEM}/properties/count/maximum", 4),
    ("request-default", f"{ITEM}/properties/count/default", 2),
    ("request-pattern", f"{ITEM}/properties/name/pattern", "^[a-y]+$"),
    ("request-format", f"{ITEM}/properties/name/format", "uuid"),
    ("request-maxItems", f"{ITEM}/properties/tags/maxItems", 2),
    ("request-type-removed", f"{ITEM}/properties/tags/items/type", "integer"),
    ("response-type-added", f"{ANSWER}/properties/name/type", ["string", "null"]),
    ("response-type-added", f"{ANSWER}/properties/name/nullable", True),
    ("response-enum-added", f"{ANSWER}/properties/kind/enum/-", "c"),
    ("response-maxLength", f"{ANSWER}/properties/name/maxLength", 10),
    ("response-minimum", f"{ANSWER}/properties/count/minimum", DELETED),
    ("response-pattern", f"{ANSWER}/properties/name/pattern", DELETED),
]
ADDITIVE: Final[list[ChangedValue]] = [
    ("request-type-added", f"{ITEM}/properties/count/type", "number"),
    ("request-enum-added", f"{ITEM}/properties/kind/enum/-", "c"),
    ("request-enum", f"{ITEM}/properties/kind/enum", DELETED),
    ("request-maxLength", f"{ITEM}/properties/name/maxLength", DELETED),
    ("request-type-added", f"{ITEM}/properties/tags/items", DELETED),
    ("response-enum-removed", f"{ANSWER}/properties/kind/enum/0", DELETED),
    ("response-minLength", f"{ANSWER}/properties/name/minLength", 3),
]
NO_CHANGE: Final[list[tuple[str, Any]]] = [
    (f"{ITEM}/properties/name/minLength", 2.0),
    (f"{ITEM}/properties/kind/description", "x"),
]
MORE_TYPES: Final = ("additive request-type-added", "breaking response-type-added")
FEWER_TYPES: Final = ("breaking request-type-removed", "additive response-type-removed")
OTHER_TYPE: Final = (f"{FEWER_TYPES[0]}, {MORE_TYPES[0]}", f"{FEWER_TYPES[1]}, {MORE_TYPES[1]}")
DIFFERENT: Final[list[tuple[Any, Any, str, str]]] = [
    ({"default": False}, {"default": 0}, "breaking request-default", ""),
    ({}, {"default": None}, "breaking request-default", ""),
    ({"enum": [1, 2]}, {"enum": [True, 2]}, "breaking request-enum-removed, additive request-enum-added",
     "additive response-enum-removed, breaking response-enum-added"),
    ({"const": False}, {"const": 0}, "breaking request-enum-removed, additive request-enum-added",
     "additive response-enum-removed, breaking response-enum-added"),
    ({"maximum": 5, "exclusiveMaximum": True}, {"maximum": 5, "exclusiveMaximum": False},
     "additive request-exclusiveMaximum", "breaking response-exclusiveMaximum"),
    ({"minimum": 5}, {"minimum": 5, "exclusiveMinimum": True},
     "breaking request-exclusiveMinimum", "additive response-exclusiveMinimum"),
    ({"exclusiveMinimum": 5}, {"exclusiveMinimum": 4}, "additive request-exclusiveMinimum", "breaking response-exclusiveMinimum"),
    (STRING, {"type": ["string", "null"]}, *MORE_TYPES),
    ({"type": "number"}, INTEGER, *FEWER_TYPES),
    (STRING, INTEGER, *OTHER_TYPE),
    ({"const": "a"}, {"enum": ["a", "b"]}, "additive request-enum-added", "breaking response-enum-added"),
    ({"pattern": "^a$"}, {"pattern": "^b$"}, "breaking request-pattern", "breaking response-pattern"),
    (True, False, "breaking request-enum", "additive response-enum"),
    ({"dependentRequired": {"a": ["b"]}}, {"dependentRequired": {"a": ["b", "c"]}},
     "breaking request-dependentRequired", "additive response-dependentRequired"),
    ({"discriminator": {"propertyName": "a"}}, {"discriminator": {"propertyName": "b"}},
     "breaking request-discriminator", "breaking response-discriminator"),
]  # fmt: skip
"""The older schema, the newer one, and the changes reported for requests and for responses."""


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_narrower_request_or_a_wider_response_is_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in kinds_and_rules(pointer, value)


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_wider_request_or_a_narrower_response_is_additive(rule: str, pointer: str, value: Any) -> None:
    assert kinds_and_rules(pointer, value) == [(ChangeKind.ADDITIVE, rule)]


@pytest.mark.parametrize(("pointer", "value"), NO_CHANGE)
def test_another_spelling_of_a_number_or_a_description_is_no_change(pointer: str, value: Any) -> None:
    assert diff(DOCUMENT, with_change(pointer, value)) == []
    assert diff(with_change(pointer, value), DOCUMENT) == []


@pytest.mark.parametrize(("old", "new", "in_requests", "in_responses"), DIFFERENT)
def test_a_change_is_reported_for_each_direction(old: Any, new: Any, in_requests: str, in_responses: str) -> None:
    before, after = with_schema(old), with_schema(new)
    assert changes_in("request", before, after) == set(filter(None, in_requests.split(", ")))
    assert changes_in("response", before, after) == set(filter(None, in_responses.split(", ")))


def test_a_bound_is_named_as_it_was_and_as_it_is() -> None:
    (change, *_) = diff(with_schema({"exclusiveMaximum": 5}), with_schema({"maximum": 7}))
    assert change.text.endswith("maximum 5 excluded became 7")
