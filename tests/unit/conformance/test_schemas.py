"""What happens to the values of a schema, and whom it breaks: those who write requests, those who read responses, or nobody."""

from typing import Any

import pytest

from app.conformance.diff.change import Change, Kind
from app.conformance.diff.compare import diff

Schema = Any
REFERENCE = {"$ref": "#/components/schemas/X"}


def document(schema: Schema, component: Schema) -> dict[str, Any]:
    """The same schema for what is sent and for what is answered."""
    content = {"application/json": {"schema": schema}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"content": content}}}
    return {"openapi": "3.1.0", "paths": {"/a": {"post": operation}}, "components": {"schemas": {"X": component}}}


def changes(old: Schema, new: Schema, old_component: Schema = True, new_component: Schema = True) -> list[Change]:
    return diff(document(old, old_component), document(new, new_component))


def broken(found: list[Change]) -> str:
    """Whom the changes break."""
    directions = {each.rule.partition("-")[0] for each in found if each.kind is Kind.BREAKING}
    return " and ".join(sorted(directions)) or "nobody"


@pytest.mark.parametrize(
    ("old", "new", "whom"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}, "response"),
        ({"type": "number"}, {"type": "integer"}, "request"),
        ({"type": "string"}, {"type": "integer"}, "request and response"),
        ({"enum": [1]}, {"enum": [True]}, "request and response"),
        ({"const": "a"}, {"enum": ["a", "b"]}, "response"),
        ({"maximum": 5}, {"maximum": 5, "exclusiveMaximum": True}, "request"),
        ({"maximum": 5, "exclusiveMaximum": True}, {"maximum": 5}, "response"),
        ({"minimum": 1}, {"exclusiveMinimum": 1}, "request"),
        ({"default": False}, {"default": 0}, "request"),
        ({"pattern": "^a$"}, {"pattern": "^b$"}, "request and response"),
        ({"additionalProperties": {"type": "string"}}, {"additionalProperties": True}, "response"),
        ({"additionalProperties": {"type": "string"}}, {"additionalProperties": {"type": ["string", "null"]}}, "response"),
        ({"additionalProperties": False}, {"additionalProperties": True}, "nobody"),
        ({}, {"additionalProperties": False}, "request"),
        ({"not": {"type": "string"}}, {"not": {"type": "integer"}}, "request and response"),
        ({"properties": {"a": {}}}, {"properties": {"a": {}}, "required": ["a"]}, "request"),
        ({"properties": {"a": {}}}, {"properties": {}}, "request and response"),
        ({"properties": {}}, {"properties": {"id": {"readOnly": True}}, "required": ["id"]}, "nobody"),
        ({"properties": {"s": {"writeOnly": True}}, "required": ["s"]}, {"properties": {"s": {"writeOnly": True}}}, "nobody"),
        ({"anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "response"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"oneOf": [{"type": "integer"}]}, "request"),
        ({"prefixItems": [{"type": "string"}]}, {"prefixItems": [{"type": "integer"}]}, "request and response"),
        ({"dependentRequired": {"a": ["b"]}}, {}, "response"),
        (True, False, "request"),
    ],
)
def test_a_change_breaks_those_whom_it_leaves_without_what_was_promised(old: Schema, new: Schema, whom: str) -> None:
    found = changes(old, new)
    assert found
    assert broken(found) == whom


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string"}, {"type": ["string"], "minLength": 0}),
        ({}, True),
        ({"type": "object"}, {"type": "object", "additionalProperties": True, "required": []}),
        ({"maximum": 5}, {"maximum": 5.0}),
        ({"not": {"type": "string"}}, {"not": {"type": "string", "description": "no text"}}),
        ({"allOf": [{"type": "string"}, {"maxLength": 3}]}, {"allOf": [{"maxLength": 3}, {"type": "string"}]}),
        ({"allOf": [{"type": "string"}]}, {"type": "string"}),
        ({"type": "string"}, {"allOf": [{"type": "string"}], "description": "in words", "examples": ["a"]}),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
        ({"const": "a"}, {"enum": ["a"]}),
    ],
)
def test_the_same_values_in_other_words_are_no_change(old: Schema, new: Schema) -> None:
    assert changes(old, new) == changes(new, old) == []


@pytest.mark.parametrize(
    "schema",
    [
        REFERENCE,
        {"not": REFERENCE},
        {"if": REFERENCE, "then": {"required": ["a"]}},
        {"contains": REFERENCE},
        {"patternProperties": {"^x": REFERENCE}},
        {"prefixItems": [REFERENCE]},
        {"items": REFERENCE},
        {"dependentSchemas": {"a": REFERENCE}},
        {"allOf": [REFERENCE, {"maxLength": 3}]},
        {"anyOf": [REFERENCE, {"maxLength": 3}]},
        {"additionalProperties": REFERENCE},
        {**REFERENCE, "properties": {"b": {}}},
    ],
)
def test_what_changes_behind_a_reference_is_found_wherever_it_stands(schema: Schema) -> None:
    assert broken(changes(schema, schema, {"type": "string"}, {"type": "integer"})) == "request and response"
    assert changes(schema, schema, {"type": "string"}, {"type": "string", "title": "Text"}) == []


def test_a_field_that_becomes_deprecated_is_told_and_breaks_nobody() -> None:
    found = changes({"properties": {"a": {}}}, {"properties": {"a": {"deprecated": True}}})
    assert {each.rule for each in found} == {"request-property-deprecated", "response-property-deprecated"}
    assert broken(found) == "nobody"


def test_schemas_that_hold_themselves_and_each_other_are_compared_to_their_end() -> None:
    tree = {"properties": {str(number): REFERENCE for number in range(30)}}
    assert changes(REFERENCE, REFERENCE, tree, tree) == []
    narrower = {**tree, "required": ["1"]}
    assert broken(changes(REFERENCE, REFERENCE, tree, narrower)) == "request"
