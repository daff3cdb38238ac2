"""Texts, numbers and booleans around every limit that a schema names."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.schema_cases.nodes import Case, Node
from tests.support.schema_cases.texts import FORMATS, FREE, PATTERNS, Texts


def scalars(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """Valid values, the plainest first."""
    if "enum" in schema:
        return tuple(schema["enum"])
    match schema["type"]:
        case "boolean":
            return True, False
        case "integer":
            least = schema.get("minimum", 0)
            return least, least + 1, schema.get("maximum", 10**20)
        case _:
            return texts_of(schema).accepted


def texts_of(schema: Mapping[str, Any]) -> Texts:
    if "pattern" in schema:
        return PATTERNS[schema["pattern"]]
    return FORMATS[schema["format"]] if "format" in schema else FREE


def scalar_cases(node: Node) -> Iterator[Case]:
    yield node.accepted(scalars(node.schema)[0], "type")
    if "enum" in node.schema:
        yield from _enum_cases(node)
    elif node.schema["type"] == "string":
        yield from _text_cases(node)
    elif node.schema["type"] == "integer":
        yield from _integer_cases(node)
    else:
        yield from (node.accepted(value, "type") for value in scalars(node.schema)[1:])


def _enum_cases(node: Node) -> Iterator[Case]:
    known = node.schema["enum"]
    for index, value in enumerate(known):
        yield node.accepted(value, "enum", str(index))
    for unknown in ("", "unknown", known[0] + " ", known[0] + "\n", known[-1].swapcase(), known[0][:-1]):
        yield node.refused(unknown, "enum")


def _text_cases(node: Node) -> Iterator[Case]:
    schema, texts = node.schema, texts_of(node.schema)
    accepting = next((keyword for keyword in ("pattern", "format") if keyword in schema), "type")
    for text in texts.accepted:
        yield node.accepted(text, accepting)
    for keyword, known in (("pattern", PATTERNS), ("format", FORMATS)):
        if keyword in schema:
            yield from (node.refused(text, keyword) for text in known[schema[keyword]].refused)
    for keyword, outwards in (("minLength", -1), ("maxLength", 1)):
        if keyword in schema:
            yield node.accepted(texts.of_length(schema[keyword]), keyword)
            yield node.refused(texts.of_length(schema[keyword] + outwards), keyword)


def _integer_cases(node: Node) -> Iterator[Case]:
    schema = node.schema
    yield node.accepted(float(schema["minimum"]), "type")
    for keyword, outwards in (("minimum", -1), ("maximum", 1)):
        if keyword in schema:
            limit = schema[keyword]
            yield from (node.accepted(value, keyword) for value in (limit, limit - outwards))
            yield from (node.refused(limit + distance, keyword) for distance in (outwards, outwards * 10**20))
    if "maximum" not in schema:
        yield node.accepted(10**20, "type")
