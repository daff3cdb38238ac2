"""A violation in words: its place, its kind and what would be right, at a length that is safe to send back."""

from typing import Any

import pytest

from app import limits
from app.contract.validators import compile_schema
from app.contract.violations import field_errors_of, message_of, pointer
from app.refusal import FieldError

COMPONENTS = {
    "schemas": {
        "AmountMinor": {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"},
        "Currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "Code": {"type": "string", "pattern": "^x+$"},
    }
}
AMOUNT = {"$ref": "#/components/schemas/AmountMinor"}


def errors_of(schema: dict[str, Any], value: Any, below: tuple[str | int, ...] = ()) -> list[FieldError]:
    return field_errors_of(compile_schema(schema, COMPONENTS).iter_errors(value), below)


@pytest.mark.parametrize(
    ("schema", "value", "code", "message"),
    [
        ({"type": "string"}, 1, "type", "must be of type string, not number"),
        ({"type": "string"}, 1.5, "type", "must be of type string, not number"),
        ({"type": "string"}, True, "type", "must be of type string, not boolean"),
        ({"type": "string"}, None, "type", "must be of type string, not null"),
        ({"type": "string"}, [], "type", "must be of type string, not array"),
        ({"type": "string"}, {}, "type", "must be of type string, not object"),
        ({"type": "object"}, "{}", "type", "must be of type object, not string"),
        ({"minLength": 1}, "", "min_length", "must have at least 1 character"),
        ({"minLength": 2}, "", "min_length", "must have at least 2 characters"),
        ({"maxLength": 1}, "ab", "max_length", "must have at most 1 character"),
        ({"minItems": 1}, [], "min_items", "must have at least 1 item"),
        ({"maxItems": 2}, [1, 2, 3], "max_items", "must have at most 2 items"),
        ({"maxProperties": 1}, {"a": 1, "b": 1}, "max_properties", "must have at most 1 name"),
        ({"enum": ["ach", 1]}, "barter", "enum", "must be one of ach, 1"),
        ({"format": "date"}, "2026-02-30", "format", "must be a date of the calendar written YYYY-MM-DD"),
        ({"format": "date-time"}, "yesterday", "format", "must be an RFC 3339 timestamp"),
        ({"format": "uuid"}, "1", "format", "must be a UUID, 32 hex digits grouped 8-4-4-4-12"),
        ({"format": "ipv4"}, "1", "format", "must be a ipv4"),
        ({"minimum": 1}, 0, "invalid", "must be at least 1"),
        ({"maximum": 200}, 201, "invalid", "must be at most 200"),
        ({"const": 1}, 2, "invalid", "is not valid"),
        ({"pattern": "^[^\\u0000]*$"}, "a\0", "pattern", "must not contain the character U+0000"),
        ({"pattern": "^a$"}, "b", "pattern", "must match ^a$"),
    ],
)
def test_a_value_is_told_the_rule_that_it_breaks(schema: dict[str, Any], value: Any, code: str, message: str) -> None:
    assert errors_of(schema, value) == [FieldError("", code, message)]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("AmountMinor", "must be a whole number of minor units as a string of digits, without sign or leading zeros"),
        ("Currency", "must be an ISO 4217 code of three capital letters"),
        ("Code", "must match ^x+$"),
    ],
)
def test_the_pattern_of_a_known_component_is_put_into_words(name: str, message: str) -> None:
    assert errors_of({"$ref": f"#/components/schemas/{name}"}, "?") == [FieldError("", "pattern", message)]


def test_a_missing_field_is_named_as_the_field_itself() -> None:
    schema = {"properties": {"terms": {"required": ["days"]}}, "required": ["amount"]}
    assert set(errors_of(schema, {"terms": {}})) == {
        FieldError("/amount", "required", "is required"),
        FieldError("/terms/days", "required", "is required"),
    }


def test_every_surplus_field_is_an_error_of_its_own() -> None:
    schema = {"properties": {"a": {}}, "additionalProperties": False}
    assert errors_of(schema, {"a": 1, "b": 1, "c": 1}) == [
        FieldError("/b", "unexpected", "is not a field of this object"),
        FieldError("/c", "unexpected", "is not a field of this object"),
    ]


def test_a_wrong_name_is_told_as_a_name() -> None:
    schema = {"propertyNames": {"maxLength": 2}}
    assert errors_of(schema, {"abc": 1}) == [FieldError("/abc", "max_length", "name must have at most 2 characters")]


def test_the_place_of_the_checked_value_stands_before_the_place_within_it() -> None:
    schema = {"properties": {"amount": AMOUNT}, "additionalProperties": False, "required": ["date"]}
    found = errors_of(schema, {"amount": "-1", "more": 1}, ("loans", 7))
    assert {error.field for error in found} == {"/loans/7/amount", "/loans/7/more", "/loans/7/date"}


def test_a_field_that_breaks_several_rules_is_told_one_of_them() -> None:
    assert len(errors_of({"minLength": 5, "pattern": "^x", "enum": ["xxxxx"]}, "a")) == 1


def test_there_is_a_most_of_errors() -> None:
    schema = {"items": {"type": "string"}}
    found = errors_of(schema, [1] * (limits.FIELD_ERRORS + 5))
    assert [error.field for error in found] == [f"/{index}" for index in range(limits.FIELD_ERRORS)]


@pytest.mark.parametrize(
    ("tokens", "text"), [((), ""), (("a", 0, "b"), "/a/0/b"), (("a/b", "c~d"), "/a~1b/c~0d"), (("~1",), "/~01"), (("",), "/")]
)
def test_a_place_is_a_json_pointer(tokens: tuple[str | int, ...], text: str) -> None:
    assert pointer(tokens) == text


@pytest.mark.parametrize("length", [99, 100, 10_000])
def test_a_long_place_is_cut_to_a_hundred_characters(length: int) -> None:
    text = pointer(["x" * length])
    assert len(text) == 100
    assert text.endswith("…") is (length > 99)


@pytest.mark.parametrize(("options", "is_cut"), [(10, False), (200, True)])
def test_a_long_message_is_cut(options: int, is_cut: bool) -> None:
    [error] = errors_of({"enum": [f"choice{number:03d}" for number in range(options)]}, "?")
    assert error.message.endswith("…") is is_cut
    assert len(error.message) <= 300


def test_a_message_alone_speaks_of_the_value_and_not_of_its_fields() -> None:
    closed = compile_schema({"properties": {"a": {}}, "additionalProperties": False, "required": ["a"]}, COMPONENTS)
    messages = {message_of(error) for error in closed.iter_errors({"y" * 500: 1})}
    assert messages == {"must have a", f"must not have {'y' * 100}"}
