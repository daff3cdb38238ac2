"""Compiled JSON Schema Draft 2020-12 validators, formats on, made once at start from the 3.1 document."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from app import limits
from app.contract.formats import FORMATS
from app.contract.shortening import shorten
from app.contract.violations import field_errors_of, message_of, pointer
from app.refusal import FieldError

Schema = Mapping[str, Any]
_PATTERNS: Final = RegexOptions()
"""The regular expression engine whose time is linear in the input, whatever the pattern."""
_SMALL: Final = 256


def compile_schema(schema: Schema, components: Schema) -> Draft202012Validator:
    """A validator of `schema`, in which `#/components/…` refers to `components`."""
    return Draft202012Validator(
        {**schema, "components": components}, validate_formats=True, formats=dict(FORMATS), pattern_options=_PATTERNS
    )


class BodyValidator:
    """Checks a request body: `is_valid` on the fast path, `field_errors` when it is not.

    Of a large body only the first error is given, and of a long list the errors of its first wrong items, because the validator
    finds every error before it gives the first one.
    """

    __slots__ = ("_declared", "_items", "_validator", "is_valid")

    def __init__(self, schema: Schema, components: Schema) -> None:
        self._validator = compile_schema(schema, components)
        self.is_valid = self._validator.is_valid
        name = schema.get("$ref", "").rpartition("/")[2]
        properties = {**components["schemas"].get(name, {}), **schema}.get("properties", {})
        self._declared = sorted({each for schema in components["schemas"].values() for each in schema.get("properties", ())})
        self._items = {name: compile_schema(each["items"], components) for name, each in properties.items() if "items" in each}

    def shorten(self, value: Any) -> Any:
        """The value itself, or as much of a large one as is needed to say what is wrong with it."""
        return value if _is_small(value) else shorten(value, self._declared)

    def field_errors(self, value: Any) -> list[FieldError]:
        """What is wrong, at most limits.FIELD_ERRORS errors, one for each field; empty when the body is valid."""
        if _is_small(value):
            return field_errors_of(self._validator.iter_errors(value))
        try:
            self._validator.validate(value)
        except ValidationError as first:
            match first.instance_path:
                case [str(name), int(), *_] if name in self._items:
                    return self._item_field_errors(name, value[name])
            return field_errors_of([first])
        return []

    def _item_field_errors(self, name: str, items: list[Any]) -> list[FieldError]:
        validator = self._items[name]
        found: list[FieldError] = []
        for index, item in enumerate(items):
            if not validator.is_valid(item):
                if not _is_small(item):
                    found.append(FieldError(pointer([name, index]), "invalid", "is not valid"))
                else:
                    found += field_errors_of(validator.iter_errors(item), [name, index])
                if len(found) >= limits.FIELD_ERRORS:
                    break
        return found[: limits.FIELD_ERRORS]


def _is_small(value: Any) -> bool:
    """Whether the value has so few members that finding every error costs next to nothing."""
    waiting, seen = [value], 0
    while waiting and seen <= _SMALL:
        members = waiting.pop()
        if isinstance(members, dict | list):
            seen += len(members)
            waiting.extend(islice(members.values() if isinstance(members, dict) else members, _SMALL))
    return seen <= _SMALL


class Checker:
    """Checks a response body before it is sent."""

    __slots__ = ("_validator",)

    def __init__(self, schema: Schema, components: Schema) -> None:
        self._validator = compile_schema(schema, components)

    def check(self, value: Any) -> str | None:
        """None for a valid body, else the place in the document, the place in the body, and what would be right."""
        try:
            if self._validator.is_valid(value):
                return None
            self._validator.validate(value)
        except ValidationError as error:
            return f"{_place(error.schema_path)} at {pointer(error.instance_path) or '/'}: {message_of(error)}"
        except ValueError as not_json:
            return f"/: not JSON: {not_json}"
        return None


def _place(schema_path: list[str | int]) -> str:
    return "".join(f"/{token}" for token in schema_path)
