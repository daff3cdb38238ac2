"""A schema at its place in the document, and values made for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.support.document_walk import at

SILENT = {"$ref", "default", "description", "examples"}
"""Keywords that may stand beside a reference, because no validator reads them."""


@dataclass(frozen=True, slots=True)
class Case:
    """`trail` has pointers to all keywords from the root on; the last keyword makes the value valid or invalid."""

    value: Any
    trail: tuple[str, ...]
    is_valid: bool

    def within(self, value: Any) -> "Case":
        """The same case for a larger value that contains this one."""
        return replace(self, value=value)


@dataclass(frozen=True, slots=True)
class Node:
    """`schema` is never a reference: those are followed, and left in the `trail`."""

    document: Mapping[str, Any]
    schema: Mapping[str, Any]
    pointer: str
    trail: tuple[str, ...] = ()

    def child(self, *tokens: str) -> "Node":
        schema = self.schema
        for token in tokens:
            schema = schema[token]
        trail = self._trail(tokens)
        return node_of(self.document, schema, trail[-1], trail)

    def accepted(self, value: Any, *tokens: str) -> Case:
        return Case(value, self._trail(tokens), is_valid=True)

    def refused(self, value: Any, *tokens: str) -> Case:
        return Case(value, self._trail(tokens), is_valid=False)

    def _trail(self, tokens: tuple[str, ...]) -> tuple[str, ...]:
        steps = [json_pointer(*tokens[: count + 1]) for count in range(len(tokens))]
        return (*self.trail, *(self.pointer + step for step in steps))


def node_of(document: Mapping[str, Any], schema: Mapping[str, Any], pointer: str, trail: tuple[str, ...] = ()) -> Node:
    """The schema that stands at `pointer`, or the one that it refers to."""
    if "$ref" not in schema:
        return Node(document, schema, pointer, trail)
    if not set(schema) <= SILENT:
        raise ValueError(f"{pointer}: a reference with {set(schema) - SILENT} beside it")
    target = schema["$ref"].removeprefix("#")
    return node_of(document, at(document, target), target, (*trail, f"{pointer}/$ref"))


def json_pointer(*tokens: str) -> str:
    """The tokens as a JSON Pointer."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)
