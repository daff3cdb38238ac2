"""Every case of a schema: values that differ from a plain one at one place, each valid or invalid because of one keyword.

The cases of an object are each property absent, and each case of each property while all other properties are plain. Those of a
list are the lengths around each limit, and each case of an item as the last of two. Their number grows linearly with the schema.
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
UNEXPECTED: Final = "unexpected"


def cases(node: Node) -> Iterator[Case]:
    yield from (node.refused(value, "type") for value in WRONG_TYPES[node.schema["type"]])
    match node.schema["type"]:
        case "object":
            yield from _object_cases(node)
        case "array":
            yield from _list_cases(node)
        case _:
            yield from scalar_cases(node)


def complete_value(node: Node) -> Any:
    """A plain value with every property, and one item in each list."""
    match node.schema["type"]:
        case "object":
            members = {name: complete_value(node.child("properties", name)) for name in node.schema.get("properties", {})}
            return members | ({"name": complete_value(node.child("additionalProperties"))} if _has_names(node) else {})
        case "array":
            return [complete_value(node.child("items"))]
    return scalars(node.schema)[0]


def smallest_value(node: Node) -> Any:
    """A plain value with required properties only."""
    match node.schema["type"]:
        case "object":
            return {name: smallest_value(node.child("properties", name)) for name in node.schema.get("required", ())}
        case "array":
            return [smallest_value(node.child("items"))] * node.schema.get("minItems", 0)
    return scalars(node.schema)[0]


def random_value(node: Node, random: Random) -> Any:
    """A valid value in which everything that may vary is chosen at random."""
    schema = node.schema
    match schema["type"]:
        case "object":
            required = schema.get("required", ())
            names = [name for name in schema.get("properties", {}) if name in required or random.random() < 0.5]
            members = {name: random_value(node.child("properties", name), random) for name in names}
            others = range(random.randrange(ITEMS_DRAWN)) if _has_names(node) else ()
            return members | {f"name {number}": random_value(node.child("additionalProperties"), random) for number in others}
        case "array":
            count = random.randrange(schema.get("minItems", 0), ITEMS_DRAWN)
            return [random_value(node.child("items"), random) for _ in range(count)]
    return random.choice(scalars(schema))


def _has_names(node: Node) -> bool:
    """Whether an object takes members of any name, with values of one schema."""
    return isinstance(node.schema.get("additionalProperties"), Mapping)


def _object_cases(node: Node) -> Iterator[Case]:
    plain, required = complete_value(node), node.schema.get("required", ())
    yield from (node.accepted(value, "type") for value in (plain, smallest_value(node)))
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
        more = ({**plain, UNEXPECTED: "x"}, {**plain, UNEXPECTED: None})
        yield from (node.refused(value, "additionalProperties") if is_closed else node.accepted(value, "type") for value in more)


def _name_cases(node: Node, plain: dict[str, Any]) -> Iterator[Case]:
    values = node.child("additionalProperties")
    yield from (case.within({**plain, UNEXPECTED: case.value}) for case in cases(values))
    if "propertyNames" in node.schema:
        named = (case for case in cases(node.child("propertyNames")) if isinstance(case.value, str))
        yield from (case.within({case.value: complete_value(values)}) for case in named)
    if "maxProperties" in node.schema:
        most = {f"name {number}": complete_value(values) for number in range(node.schema["maxProperties"])}
        yield node.accepted(most, "maxProperties")
        yield node.refused({**most, UNEXPECTED: complete_value(values)}, "maxProperties")


def _list_cases(node: Node) -> Iterator[Case]:
    schema, items = node.schema, node.child("items")
    if "minItems" in schema:
        yield node.accepted([smallest_value(items)] * schema["minItems"], "minItems")
        yield node.refused([smallest_value(items)] * (schema["minItems"] - 1), "minItems")
    else:
        yield node.accepted([], "type")
    if "maxItems" in schema:
        yield node.accepted([smallest_value(items)] * schema["maxItems"], "maxItems")
        yield node.refused([smallest_value(items)] * (schema["maxItems"] + 1), "maxItems")
    yield from (case.within([complete_value(items), case.value]) for case in cases(items))


def _without(members: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in members.items() if each != name}
