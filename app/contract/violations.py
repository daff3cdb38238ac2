"""A schema violation in words that a caller can act on: where, which kind, what would be right.

What the caller sent is quoted in names only, and then at most `_FIELD_MAX` characters of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from jsonschema_rs import ValidationError

from app import limits
from app.refusal import FieldError

_FIELD_MAX: Final = 100
_MESSAGE_MAX: Final = 300

_CODES: Final = {
    "required": "required",
    "additionalProperties": "unexpected",
    "type": "type",
    "pattern": "pattern",
    "format": "format",
    "enum": "enum",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
    "maxProperties": "max_properties",
}
_PATTERNS: Final = {
    "AmountMinor": "must be a whole number of minor units as a string of digits, without sign or leading zeros",
    "Uuid": "must be a UUID, 32 hex digits grouped 8-4-4-4-12",
    "Currency": "must be an ISO 4217 code of three capital letters",
    "AccountCode": "must be four digits",
}
_FORMATS: Final = {
    "date": "must be a date of the calendar written YYYY-MM-DD",
    "date-time": "must be an RFC 3339 timestamp",
    "uuid": _PATTERNS["Uuid"],
}
_NO_NUL: Final = "^[^\\u0000]*$"
_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "boolean"),
    (str, "string"),
    (int, "number"),
    (float, "number"),
    (list, "array"),
    (dict, "object"),
)


def pointer(tokens: Iterable[str | int]) -> str:
    """The JSON Pointer of `tokens`, cut to a length that is safe to send back."""
    text = "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)
    return text if len(text) <= _FIELD_MAX else text[: _FIELD_MAX - 1] + "…"


def field_errors_of(errors: Iterable[ValidationError], below: Sequence[str | int] = ()) -> list[FieldError]:
    """At most limits.FIELD_ERRORS errors, one for each field: the first that the validator found there.

    `below` is the place of the checked value in the body.
    """
    first: dict[str, FieldError] = {}
    for error in islice(_each(errors, below), 2 * limits.FIELD_ERRORS):
        first.setdefault(error.field, error)
    return list(first.values())[: limits.FIELD_ERRORS]


def _each(errors: Iterable[ValidationError], below: Sequence[str | int]) -> Iterator[FieldError]:
    for error in errors:
        keyword = error.kind.name
        facts = error.kind.as_dict()
        path = [*below, *error.instance_path]
        if keyword == "required":
            yield FieldError(pointer([*path, facts["property"]]), "required", "is required")
        elif keyword == "additionalProperties":
            for name in facts["unexpected"]:
                yield FieldError(pointer([*path, name]), "unexpected", "is not a field of this object")
        elif keyword == "propertyNames":
            inner = facts["error"]
            yield FieldError(pointer([*path, inner.instance]), _code(inner), "name " + message_of(inner))
        else:
            yield FieldError(pointer(path), _code(error), message_of(error))


def _code(error: ValidationError) -> str:
    return _CODES.get(error.kind.name, "invalid")


def message_of(error: ValidationError) -> str:
    """What would be right instead, as the rest of a sentence that starts with the field."""
    explain = _EXPLAIN.get(error.kind.name)
    text = explain(error.kind.as_dict(), error) if explain else "is not valid"
    return text if len(text) <= _MESSAGE_MAX else text[: _MESSAGE_MAX - 1] + "…"


def _pattern(facts: dict[str, Any], error: ValidationError) -> str:
    if facts["pattern"] == _NO_NUL:
        return "must not contain the character U+0000"
    component = _component(error.schema_path)
    return _PATTERNS.get(component) or f"must match {facts['pattern']}"


def _component(schema_path: Sequence[str | int]) -> str:
    """Name of the component schema that contains the keyword at a path, or an empty string."""
    return str(schema_path[2]) if len(schema_path) > 2 and schema_path[0] == "components" else ""


def _type(facts: dict[str, Any], error: ValidationError) -> str:
    found = next((name for kind, name in _TYPES if isinstance(error.instance, kind)), "null")
    return f"must be of type {' or '.join(facts['types'])}, not {found}"


def _count(facts: dict[str, Any], noun: str) -> str:
    return f"{facts['limit']} {noun}" if facts["limit"] == 1 else f"{facts['limit']} {noun}s"


_EXPLAIN: Final[dict[str, Callable[[dict[str, Any], ValidationError], str]]] = {
    "type": _type,
    "pattern": _pattern,
    "required": lambda facts, _: f"must have {facts['property']}",
    "additionalProperties": lambda facts, _: f"must not have {facts['unexpected'][0][:_FIELD_MAX]}",
    "format": lambda facts, _: _FORMATS.get(facts["format"], f"must be a {facts['format']}"),
    "enum": lambda facts, _: f"must be one of {', '.join(map(str, facts['options']))}",
    "minLength": lambda facts, _: f"must have at least {_count(facts, 'character')}",
    "maxLength": lambda facts, _: f"must have at most {_count(facts, 'character')}",
    "minItems": lambda facts, _: f"must have at least {_count(facts, 'item')}",
    "maxItems": lambda facts, _: f"must have at most {_count(facts, 'item')}",
    "maxProperties": lambda facts, _: f"must have at most {_count(facts, 'name')}",
    "minimum": lambda facts, _: f"must be at least {facts['limit']}",
    "maximum": lambda facts, _: f"must be at most {facts['limit']}",
}
