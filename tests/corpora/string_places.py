"""Every place of a request that takes a string, found in the document: members, names of members, parameters and headers."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from app.contract.violations import pointer
from tests.support.schema_cases.nodes import Node
from tests.support.schema_cases.roots import DOCUMENT, Root, Use, at_exactly, roots

Token = str | int
Schema = Mapping[str, Any]
Location = Literal["body", "path", "query", "header"]

WHOLE_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
ONLY_NO_NUL: Final = "^[^\\u0000]*$"
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATE_TIME: Final = re.compile(DATE.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """`tokens` lead to a string in a body, or with `names` to an object of which it names a member; else they are one name."""

    use: Use
    location: Location
    tokens: tuple[Token, ...]
    schema: Schema
    names: bool = False

    def __str__(self) -> str:
        return f"{self.use.operation_id} {self.location} {pointer(list(self.tokens))}{' name' if self.names else ''}"

    @property
    def field(self) -> str:
        """The name of the place in the errors of a problem."""
        return pointer(list(self.tokens)) if self.location == "body" else str(self.tokens[0])

    @property
    def is_free(self) -> bool:
        """Whether any text without NUL that is not too long is admitted."""
        is_limited = self.schema["type"] != "string" or {"enum", "format"} & set(self.schema)
        return not is_limited and self.schema.get("pattern", ONLY_NO_NUL) == ONLY_NO_NUL

    def admits(self, text: str) -> bool:
        """Whether the contract admits the text, by the keywords of the schema."""
        schema = self.schema
        if schema["type"] == "integer":
            return WHOLE_NUMBER.fullmatch(text) is not None and schema["minimum"] <= int(text) <= schema["maximum"]
        return (
            schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
            and ("enum" not in schema or text in schema["enum"])
            and ("pattern" not in schema or _matches(schema["pattern"], text))
            and (schema.get("format") != "date" or _is_date(text))
            and (schema.get("format") != "date-time" or _is_date_time(text))
        )

    def within(self, body: Any, text: Any) -> Any:
        """A copy of the body with this text in the place."""
        copy = deepcopy(body)
        members = copy
        for token in self.tokens if self.names else self.tokens[:-1]:
            members = members[token]
        if self.names:
            members[text] = "x"
        else:
            members[self.tokens[-1]] = text
        return copy


def places() -> tuple[Place, ...]:
    """All places, in the order of the document."""
    return tuple(place for root in roots() for use in root.uses for place in _of_root(root, use))


def _of_root(root: Root, use: Use) -> Iterator[Place]:
    if root.kind == "request":
        yield from _of_node(use, root.node, ())
    elif root.kind == "parameter":
        yield Place(use, at_exactly(DOCUMENT, root.pointer)["in"], (root.name,), root.node.schema)


def _of_node(use: Use, node: Node, tokens: tuple[Token, ...]) -> Iterator[Place]:
    schema = node.schema
    match schema["type"]:
        case "object":
            for name in schema.get("properties", {}):
                yield from _of_node(use, node.child("properties", name), (*tokens, name))
            if isinstance(schema["additionalProperties"], Mapping):
                yield from _of_node(use, node.child("additionalProperties"), (*tokens, "name"))
                yield Place(use, "body", tokens, node.child("propertyNames").schema, names=True)
            else:
                yield Place(use, "body", tokens, {"type": "string", "enum": list(schema["properties"])}, names=True)
        case "array":
            yield from _of_node(use, node.child("items"), (*tokens, 0))
        case "string":
            yield Place(use, "body", tokens, schema)


def _matches(pattern: str, text: str) -> bool:
    """As ECMA-262 has it, where the end is the end, and `\\u0000` a character."""
    return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text, re.ASCII | re.DOTALL) is not None


def _is_date_time(text: str) -> bool:
    try:
        return DATE_TIME.fullmatch(text) is not None and bool(datetime.fromisoformat(text.upper()))
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    try:
        return DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False
