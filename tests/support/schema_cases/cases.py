"""Every case of a schema: values that change at one place from a plain one, each accepted or refused for one keyword.

Of an object: each property absent, and each of its own cases in turn, between all others plain. Of a list: the lengths around
each limit, and each case of an item as the last of two. So their number grows with the size of the schema, not with its powers.
"""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final

from tests.support.schema_cases.nodes import Case, Node
from tests.support.schema_cases.scalars import scalar_cases, scalars

WRONG_TYPES: Final[Mapping[str, tuple[Any, ...]]] = {
    "string": (1, 1.5, True, None, [], {}, ["x"]),
    "integer": ("1", 1.5, True, None, [], {}),
    "boolean": ("true", 0, 1, None, [], {}),
    "array": ("x", 1, False, None, {}, {"0": {}}),
    "object": ("x", 1, False, None, [], [{}]),
}
ITEMS_DRAWN: Final = 4
STRANGER: Final = "unexpected"


def cases(node: Node) -> Iterator[Case]:
    yield from (node.refused(value, "type") for value in WRONG_TYPES[node.schema["type"]])
    match node.schema["type"]:
        case "object":
            yield from _object_cases(node)
        case "array":
            yield from _list_cases(node)
        case _:
            yield from scalar_cases(node)


def whole(node: Node) -> Any:
    """A plain value with every property, and one item in each list."""
    match node.schema["type"]:
        case "object":
            members = {name: whole(node.child("properties", name)) for name in node.schema.get("properties", {})}
            return members | ({"name": whole(node.child("additionalProperties"))} if _has_names(node) else {})
        case "array":
            return [whole(node.child("items"))]
    return scalars(node.schema)[0]


def smallest(node: Node) -> Any:
    """A plain value with nothing in it that may be left out."""
    match node.schema["type"]:
        case "object":
            return {name: smallest(node.child("properties", name)) for name in node.schema.get("required", ())}
        case "array":
            return [smallest(node.child("items"))] * node.schema.get("minItems", 0)
    return scalars(node.schema)[0]


def drawn(node: Node, random: Random) -> Any:
    """A valid value in which everything that may vary is drawn."""
    schema = node.schema
    match schema["type"]:
        case "object":
            required = schema.get("required", ())
            names = [name for name in schema.get("properties", {}) if name in required or random.random() < 0.5]
            members = {name: drawn(node.child("properties", name), random) for name in names}
            others = range(random.randrange(ITEMS_DRAWN)) if _has_names(node) else ()
            return members | {f"name {number}": drawn(node.child("additionalProperties"), random) for number in others}
        case "array":
            count = random.randrange(schema.get("minItems", 0), ITEMS_DRAWN)
            return [drawn(node.child("items"), random) for _ in range(count)]
    return random.choice(scalars(schema))


def _has_names(node: Node) -> bool:
    """Whether an object takes any names, with values of one schema."""
    return isinstance(node.schema.get("additionalProperties"), Mapping)


def _object_cases(node: Node) -> Iterator[Case]:
    plain, required = whole(node), node.schema.get("required", ())
    yield from (node.accepted(value, "type") for value in (plain, smallest(node)))
    for index, name in enumerate(required):
        yield node.refused(_without(plain, name), "required", str(index))
    for name in node.schema.get("properties", {}):
        if name not in required:
            yield node.accepted(_without(plain, name), "properties", name)
        yield from (case.within({**plain, name: case.value}) for case in cases(node.child("properties", name)))
    if _has_names(node):
        yield from _name_cases(node, plain)
    else:
        is_closed = node.schema.get("additionalProperties") is False
        more = ({**plain, STRANGER: "x"}, {**plain, STRANGER: None})
        yield from (node.refused(value, "additionalProperties") if is_closed else node.accepted(value, "type") for value in more)


def _name_cases(node: Node, plain: dict[str, Any]) -> Iterator[Case]:
    values = node.child("additionalProperties")
    yield from (case.within({**plain, STRANGER: case.value}) for case in cases(values))
    if "propertyNames" in node.schema:
        named = (case for case in cases(node.child("propertyNames")) if isinstance(case.value, str))
        yield from (case.within({case.value: whole(values)}) for case in named)
    if "maxProperties" in node.schema:
        most = {f"name {number}": whole(values) for number in range(node.schema["maxProperties"])}
        yield node.accepted(most, "maxProperties")
        yield node.refused({**most, STRANGER: whole(values)}, "maxProperties")


def _list_cases(node: Node) -> Iterator[Case]:
    schema, items = node.schema, node.child("items")
    if "minItems" in schema:
        yield node.accepted([smallest(items)] * schema["minItems"], "minItems")
        yield node.refused([smallest(items)] * (schema["minItems"] - 1), "minItems")
    else:
        yield node.accepted([], "type")
    if "maxItems" in schema:
        yield node.accepted([smallest(items)] * schema["maxItems"], "maxItems")
        yield node.refused([smallest(items)] * (schema["maxItems"] + 1), "maxItems")
    yield from (case.within([whole(items), case.value]) for case in cases(items))


def _without(members: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in members.items() if each != name}
