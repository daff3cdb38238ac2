"""A schema is resolved into the parts that a value must satisfy, so that two forms of the same schema compare as equal."""

from typing import Any, Final

import pytest

from app.compatibility.compare import diff
from app.compatibility.documents import DocumentUnreadable, document_root
from app.compatibility.resolved_schema import ALL_TYPES, Bound, ResolvedSchema, schema_in
from tests.unit.compatibility.documents import with_schema

X: Final = {"$ref": "#/components/schemas/X"}
STRING: Final = {"type": "string"}
ID: Final = {"type": "object", "properties": {"id": STRING}, "required": ["id"]}
ONLY_STRINGS: Final = frozenset({"string"})
MINIMUM: Final = Bound("minimum", 1, exclusive="exclusiveMinimum")
MAX_LENGTH: Final = Bound("maxLength", -1)
SAME: Final[list[tuple[str, Any, Any]]] = [
    ("a minLength of 0", STRING, {**STRING, "minLength": 0}),
    ("a minItems of 0", {}, {"minItems": 0, "minProperties": 0}),
    ("open fields", {"type": "object"}, {"type": "object", "additionalProperties": True}),
    ("open fields as an empty schema", {}, {"additionalProperties": {}, "unevaluatedProperties": True}),
    ("false flags", {}, {"uniqueItems": False, "nullable": False, "deprecated": False, "readOnly": False}),
    ("elements of any kind", {"type": "array"}, {"type": "array", "items": {}, "prefixItems": []}),
    ("nothing required", {"type": "object"}, {"type": "object", "required": [], "properties": {}}),
    ("the order of allOf", {"allOf": [STRING, {"maxLength": 3}]}, {"allOf": [{"maxLength": 3}, STRING]}),
    ("an allOf of one", {"allOf": [STRING], "description": "x"}, STRING),
    ("an allOf of one reference", {"allOf": [X], "description": "x"}, X),
    ("a field in a part of allOf", {"properties": {"a": STRING}}, {"allOf": [{"properties": {"a": STRING}}, {"title": "x"}]}),
    ("a bound given twice", {"maxLength": 3}, {"maxLength": 3, "allOf": [{"maxLength": 4}]}),
    ("a component split into parts", ID, {"allOf": [{"properties": {"id": STRING}}, {"required": ["id"]}], "type": "object"}),
    ("1 as 1.0", {"minimum": 1, "enum": [1]}, {"minimum": 1.0, "enum": [1.0]}),
    ("exclusive bounds in 3.1", {"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
    ("the order of values", {"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
    ("anything as true", {}, True),
    ("a list of one type", STRING, {"type": ["string"]}),
    ("one value as const", {"enum": ["a"]}, {"const": "a"}),
]  # fmt: skip
"""A name, and two schemas that admit the same values."""


def resolve(schema: Any, **components: Any) -> ResolvedSchema:
    return schema_in(document_root({"schema": schema, "components": {"schemas": components}}, "it"), "schema")


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_another_form_of_the_same_schema_is_no_change(old: Any, new: Any) -> None:
    assert diff(with_schema(old, X=ID), with_schema(new, X=ID)) == []
    assert diff(with_schema(new, X=ID), with_schema(old, X=ID)) == []


def test_a_reference_and_the_items_of_all_of_become_parts_of_one_schema() -> None:
    schema = resolve({"maxLength": 9, "allOf": [X, {"minLength": 2}]}, X={**STRING, "maxLength": 5})
    assert len(schema.parts) == 3
    assert (schema.types, schema.limit(MAX_LENGTH)) == (ONLY_STRINGS, (-5, False))


def test_a_bare_reference_has_the_pointer_of_the_component() -> None:
    schema = resolve(X, X=STRING)
    assert (schema.pointer, schema.is_component, schema.name) == ("/components/schemas/X", True, "X")


def test_a_schema_that_is_missing_true_or_empty_admits_every_value() -> None:
    for schema in (schema_in(document_root({}, "it"), "schema"), resolve(True), resolve({})):
        assert (schema.types, schema.values, schema.required) == (ALL_TYPES, None, [])
    assert resolve(False).values == frozenset()


def test_values_are_those_that_every_enum_and_const_admits() -> None:
    assert resolve({"enum": ["a", 0, False], "allOf": [{"enum": [0, "b"]}]}).values == frozenset({"0"})
    assert resolve({"const": None}).values == frozenset({"null"})


def test_null_is_admitted_by_nullable() -> None:
    assert resolve({"type": "string", "nullable": True}).types == {"string", "null"}
    assert resolve({"allOf": [X], "nullable": True}, X=STRING).types == {"string", "null"}


def test_an_exclusive_bound_is_read_from_openapi_3_0_and_3_1() -> None:
    assert resolve({"minimum": 1, "exclusiveMinimum": True}).limit(MINIMUM) == (1, True)
    assert resolve({"exclusiveMinimum": 1}).limit(MINIMUM) == (1, True)
    assert resolve({}).limit(MINIMUM) is None


def test_a_part_that_does_not_name_a_field_limits_it_by_its_additional_properties() -> None:
    schema = resolve({"properties": {"a": STRING}, "allOf": [{"additionalProperties": {"maxLength": 3}}]})
    (field,) = schema.properties()["a"]
    assert (field.types, field.limit(MAX_LENGTH)) == (ONLY_STRINGS, (-3, False))


def test_elements_of_an_array_have_the_schema_of_their_place_or_of_the_items() -> None:
    schema = resolve({"prefixItems": [STRING], "items": {"type": "boolean"}})
    assert schema.prefix_length == 1
    assert [element.types for index in (0, 1) for element in schema.element(index)] == [{"string"}, {"boolean"}]


@pytest.mark.parametrize("schema", ["string", {"allOf": [X]}])
def test_what_is_no_schema_is_unreadable_with_its_place(schema: Any) -> None:
    with pytest.raises(DocumentUnreadable, match=r"it: /.*: a schema is expected"):
        resolve(schema, X=1)
