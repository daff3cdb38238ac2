"""Changes that are reported when one schema replaces another, in a request and in a response."""

from typing import Any, Final

import pytest

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from tests.unit.compatibility.documents import ANSWER, DELETED, ITEM, ChangedValue, changes_in, kinds_and_rules, with_schema

X: Final = {"$ref": "#/components/schemas/X"}
STRING: Final = {"type": "string"}
INTEGER: Final = {"type": "integer"}
ID: Final = {"type": "object", "properties": {"id": STRING}, "required": ["id"]}
REFERENCE_UNDER: Final = {
    "not": X,
    "if": X,
    "contains": X,
    "then": X,
    "else": X,
    "items": X,
    "propertyNames": X,
    "unevaluatedItems": X,
    "additionalProperties": X,
    "unevaluatedProperties": X,
    "patternProperties": {"^x-": X},
    "dependentSchemas": {"a": X},
    "prefixItems": [X],
    "properties": {"a": X},
    "anyOf": [X, {"type": "null"}],
    "oneOf": [X, {"type": "null"}],
    "allOf": [X, {"title": "x"}],
}
"""For each keyword a value that contains a reference."""
SAME: Final[list[tuple[str, Any, Any]]] = [
    ("a not with annotations only", {"not": STRING}, {"not": {**STRING, "description": "x", "example": "y", "deprecated": True}}),
    ("annotations in an anyOf", {"anyOf": [STRING, INTEGER]}, {"anyOf": [{**INTEGER, "title": "x"}, {**STRING, "x-y": 1}]}),
    ("annotations in a dependent schema", {"dependentSchemas": {"a": {}}}, {"dependentSchemas": {"a": {"description": "x"}}}),
    ("the order of two anyOf", {"allOf": [{"anyOf": [STRING, INTEGER]}, {"anyOf": [X, STRING]}]},
     {"allOf": [{"anyOf": [STRING, X]}, {"anyOf": [INTEGER, STRING]}]}),
]  # fmt: skip
"""A name, and two schemas that admit the same values."""
MORE_TYPES: Final = ("additive request-type-added", "breaking response-type-added")
FEWER_TYPES: Final = ("breaking request-type-removed", "additive response-type-removed")
OTHER_TYPE: Final = (f"{FEWER_TYPES[0]}, {MORE_TYPES[0]}", f"{FEWER_TYPES[1]}, {MORE_TYPES[1]}")
DIFFERENT: Final[list[tuple[Any, Any, str, str]]] = [
    ({"additionalProperties": STRING}, {"additionalProperties": True}, *MORE_TYPES),
    ({"additionalProperties": STRING}, {}, *MORE_TYPES),
    ({}, {"additionalProperties": STRING}, *FEWER_TYPES),
    ({}, {"additionalProperties": False}, "breaking request-additionalProperties", "additive response-additionalProperties"),
    ({"anyOf": [STRING]}, {"anyOf": [STRING, INTEGER]}, "additive request-anyOf", "breaking response-anyOf"),
    ({"additionalProperties": False}, {"additionalProperties": STRING},
     "additive request-additionalProperties", "additive response-additionalProperties"),
    ({"additionalProperties": STRING}, {"additionalProperties": False},
     "breaking request-additionalProperties", "additive response-additionalProperties"),
    ({"properties": {"a": STRING}}, {"properties": {"a": {**STRING, "deprecated": True}}},
     "additive request-property-deprecated", "additive response-property-deprecated"),
    ({"properties": {}}, {"properties": {"a": {"readOnly": True}}, "required": ["a"]}, "",
     "additive response-property-added, additive response-property-required"),
    ({"properties": {"a": {"readOnly": True}}, "required": ["a"]}, {}, "",
     "breaking response-property-removed, breaking response-property-optional"),
    ({"properties": {}}, {"properties": {"a": {"writeOnly": True}}, "required": ["a"]},
     "additive request-property-added, breaking request-property-required", ""),
    ({"properties": {"a": {}}}, {"properties": {"a": {"readOnly": True}}}, "breaking request-property-removed", ""),
    ({"not": STRING}, {}, "additive request-not", "breaking response-not"),
    ({"patternProperties": {"^a": {}}}, {"patternProperties": {"^b": {}}},
     "breaking request-patternProperties", "breaking response-patternProperties"),
    ({"prefixItems": [STRING], "items": STRING}, {"prefixItems": [STRING, INTEGER], "items": STRING},
     *OTHER_TYPE),
    ({"allOf": [ID]}, {"allOf": [ID, {"maxProperties": 1}]}, "breaking request-maxProperties", "additive response-maxProperties"),
    ({"allOf": [ID, {"properties": {"b": {}}}]}, {"allOf": [ID]},
     "breaking request-property-removed", "breaking response-property-removed"),
    ({"properties": {"a": {}, "b": {}}, "additionalProperties": False},
     {"properties": {"a": {}}, "additionalProperties": False, "allOf": [{"properties": {"b": {}}}]},
     "breaking request-enum", "additive response-enum"),
    ({"oneOf": [X, STRING]}, {"oneOf": [X]}, "breaking request-oneOf", "additive response-oneOf"),
    ({"allOf": [X]}, {"allOf": [X], "nullable": True}, *MORE_TYPES),
]  # fmt: skip
"""The older schema, the newer one, and the changes reported for requests and for responses."""
BREAKING: Final[list[ChangedValue]] = [
    ("request-property-required", f"{ITEM}/required/-", "count"),
    ("request-property-removed", f"{ITEM}/properties/count", DELETED),
    ("request-anyOf", f"{ITEM}/properties/choice/anyOf/1", DELETED),
    ("request-not", f"{ITEM}/not", {"required": ["kind"]}),
    ("request-property-required", f"{ITEM}/allOf", [{"required": ["kind"]}]),
    ("response-property-removed", f"{ANSWER}/properties/count", DELETED),
    ("response-property-optional", f"{ANSWER}/required/0", DELETED),
    ("response-anyOf", f"{ANSWER}/properties/choice/anyOf/-", {"type": "boolean"}),
]
ADDITIVE: Final[list[ChangedValue]] = [
    ("request-property-added", f"{ITEM}/properties/more", {}),
    ("request-property-optional", f"{ITEM}/required/0", DELETED),
    ("request-additionalProperties", f"{ITEM}/additionalProperties", True),
    ("response-property-added", f"{ANSWER}/properties/more", {}),
    ("response-property-required", f"{ANSWER}/required/-", "count"),
    ("response-additionalProperties", f"{ANSWER}/additionalProperties", True),
]


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_change_of_fields_or_alternatives_that_breaks_clients_is_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in kinds_and_rules(pointer, value)


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_change_of_fields_that_breaks_no_client_is_additive(rule: str, pointer: str, value: Any) -> None:
    assert kinds_and_rules(pointer, value) == [(ChangeKind.ADDITIVE, rule)]


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_annotations_and_the_order_of_alternatives_are_no_change(old: Any, new: Any) -> None:
    assert diff(with_schema(old, X=ID), with_schema(new, X=ID)) == []
    assert diff(with_schema(new, X=ID), with_schema(old, X=ID)) == []


@pytest.mark.parametrize(("old", "new", "in_requests", "in_responses"), DIFFERENT)
def test_a_change_is_reported_for_each_direction(old: Any, new: Any, in_requests: str, in_responses: str) -> None:
    before, after = with_schema(old, X=ID), with_schema(new, X=ID)
    assert changes_in("request", before, after) == set(filter(None, in_requests.split(", ")))
    assert changes_in("response", before, after) == set(filter(None, in_responses.split(", ")))


@pytest.mark.parametrize("keyword", REFERENCE_UNDER)
def test_the_target_of_a_reference_is_compared_under_every_keyword(keyword: str) -> None:
    schema = {"minContains": 1, keyword: REFERENCE_UNDER[keyword]}
    changes = diff(with_schema(schema, X=STRING), with_schema(schema, X=INTEGER))
    assert {each.kind for each in changes if each.rule.startswith("request")} >= {"breaking"}
    assert {each.kind for each in changes if each.rule.startswith("response")} >= {"breaking"}
    assert diff(with_schema(schema, X=STRING), with_schema(schema, X={**STRING, "description": "x"})) == []


def test_keywords_beside_a_reference_are_compared_together_with_its_target() -> None:
    schema = {**X, "properties": {"b": {}}}
    old, new = ({"properties": {"a": each}} for each in (STRING, INTEGER))
    assert "breaking request-type-removed" in changes_in("request", with_schema(schema, X=old), with_schema(schema, X=new))


def test_a_recursive_schema_is_compared() -> None:
    circle = {"allOf": [X], "properties": {"next": X}}
    assert diff(with_schema(X, X=circle), with_schema(X, X=circle)) == []
    new = {**circle, "required": ["next"]}
    assert changes_in("request", with_schema(X, X=circle), with_schema(X, X=new)) == {"breaking request-property-required"}


def test_a_field_defined_in_several_parts_of_which_one_refers_to_another_is_compared_part_by_part() -> None:
    first = "#/paths/~1words/post/requestBody/content/application~1json/schema/allOf/0/properties/a"
    fields = [STRING, {"maxLength": 9}, {"$ref": first}]
    old = with_schema({"allOf": [{"properties": {"a": field}} for field in fields]})
    assert diff(old, old) == []
    fields[1] = {"maxLength": 8}
    new = with_schema({"allOf": [{"properties": {"a": field}} for field in fields]})
    assert changes_in("request", old, new) == {"breaking request-maxLength"}


def test_alternatives_that_are_components_are_matched_by_name() -> None:
    choice = {"anyOf": [X, STRING]}
    (change, *_) = diff(with_schema(choice, X=ID), with_schema({"anyOf": [STRING, X, INTEGER]}, X={**ID, "maxProperties": 3}))
    assert (change.rule, change.place) == ("request-maxProperties", "/components/schemas/X")


def test_names_are_escaped_in_the_json_pointer_of_a_change() -> None:
    (change,) = diff(with_schema({"properties": {"a/b~c": {}}}), with_schema({"properties": {}}))[:1]
    assert change.place.endswith("/properties/a~1b~0c")


def linked_components(count: int, **more: Any) -> dict[str, Any]:
    """Components of which each refers to many others; the last one also has the keywords `more`."""

    def reference(index: int) -> dict[str, str]:
        return {"$ref": f"#/components/schemas/S{index % count}"}

    schemas: dict[str, Any] = {
        f"S{i}": {
            "allOf": [reference(i - 1)] if i % 5 else [],
            "properties": {
                **{f"f{j}": {"type": "array", "items": reference(i * 7 + j)} for j in range(8)},
                "choice": {"anyOf": [reference(i + 1), reference(i + 2), {"properties": {"inner": reference(i + 3)}}]},
            },
        }
        for i in range(count)
    }
    schemas[f"S{count - 1}"].update(more)
    return schemas


def test_schemas_that_all_refer_to_one_another_are_compared_once() -> None:
    old, new = (
        with_schema({"$ref": "#/components/schemas/S0"}, **linked_components(60, **more)) for more in ({}, {"maxProperties": 9})
    )
    assert diff(old, old) == []
    assert "breaking request-maxProperties" in changes_in("request", old, new)
