"""The parameters of an operation: how the value of each is read from text, and what it may be."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from jsonschema_rs import ValidationError

from app.contract.validators import Schema, compile_schema
from app.contract.violations import message_of

ParameterLocation = Literal["path", "query", "header"]
ParameterKind = Literal["string", "integer", "date", "date-time", "uuid"]
ParameterCheck = Callable[[str | int], str | None]

_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`check` takes the text as it came (of an integer also the number) and gives None, or what would be right instead.

    `name` is spelled as in the document, headers included.
    """

    name: str
    location: ParameterLocation
    required: bool
    kind: ParameterKind
    default: str | int | None
    check: ParameterCheck


def parameter_of(declared: Schema, components: Schema) -> Parameter:
    """The parameter that the document declares; references to other parameters are already followed."""
    schema = dict(declared["schema"])
    name = schema.get("$ref", "").rpartition("/")[2]
    resolved: dict[str, Any] = {**components["schemas"].get(name, {}), **schema}
    kind = _kind(resolved)
    return Parameter(
        declared["name"],
        declared["in"],
        declared.get("required", False),
        kind,
        schema.get("default"),
        _check(kind, schema, components),
    )


def _kind(schema: Schema) -> ParameterKind:
    if schema["type"] == "integer":
        return "integer"
    format_ = schema.get("format")
    return format_ if format_ in ("date", "date-time", "uuid") else "string"


def _check(kind: ParameterKind, schema: Schema, components: Schema) -> ParameterCheck:
    validator = compile_schema(schema, components)

    def check(value: str | int) -> str | None:
        if kind == "integer" and isinstance(value, str):
            if _INTEGER.fullmatch(value) is None:
                return "must be a whole number"
            value = int(value)
        try:
            validator.validate(value)
        except ValidationError as error:
            return message_of(error)
        return None

    return check
