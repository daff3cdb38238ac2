"""A schema as the parts that all hold of a value: its own keywords, what it refers to, and each part of its `allOf`.

Read so, it makes no difference in which part something is said, nor in which order. Words and examples say nothing.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from app.compatibility.documents import REFERENCES_MAX, Node

ALL_TYPES: Final = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
SILENT: Final = frozenset(
    {"$ref", "allOf", "title", "description", "example", "examples", "externalDocs", "xml", "$comment", "$defs", "$schema", "$id"}
)
"""Keywords that put nothing on a value by themselves."""
NOISE: Final = ("properties", "schema", "components", "schemas", "content", "paths")
"""Parts of a pointer that tell a reader nothing."""
COMPONENTS: Final = "/components/schemas/"


@dataclass(frozen=True, slots=True)
class Bound:
    """A keyword that limits how small (`sign` 1) or how large (-1) something is, and what holds where it is not said."""

    keyword: str
    sign: int
    unsaid: int | None = None
    exclusive: str | None = None


Limit = tuple[float, bool]
"""The number times the sign of its bound, and whether it is itself excluded: of two the greater is the tighter."""


Conjunction = tuple["Schema", ...]
"""Schemas that all hold of a value."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Parts that all hold; without any, everything is admitted. `pointer` is where a reader finds it."""

    pointer: str
    parts: tuple[Node, ...]
    key: str
    """Tells it from the other schemas of its document."""

    @property
    def name(self) -> str:
        """The part of the pointer that a reader knows it by."""
        tokens = [each for each in self.pointer.split("/") if each and each not in NOISE]
        return "/".join(tokens[-2:]) or "the schema"

    @property
    def is_component(self) -> bool:
        return self.pointer.startswith(COMPONENTS) and "/" not in self.pointer.removeprefix(COMPONENTS)

    @property
    def types(self) -> frozenset[str]:
        """`nullable` beside no type is taken for what its authors mean by it."""
        types = reduce(frozenset.intersection, map(_types_of, self.parts)) if self.parts else ALL_TYPES
        is_nullable = any(part.get("nullable") is True and "type" not in part.fields for part in self.parts)
        return types | {"null"} if is_nullable else types

    @property
    def values(self) -> frozenset[str] | None:
        """What `enum` and `const` leave, as JSON; None where they are not said."""
        sets = [frozenset({as_json(each)}) for each in self.said("const")]
        sets += [frozenset(as_json(each.value) for each in part.children("enum")) for part in self.parts if "enum" in part.fields]
        return reduce(frozenset.intersection, sets) if sets else None

    @property
    def required(self) -> list[str]:
        return list(dict.fromkeys(name for part in self.parts for name in part.texts("required")))

    @property
    def discriminators(self) -> frozenset[str]:
        found = (part.child("discriminator") for part in self.parts if "discriminator" in part.fields)
        return frozenset(as_json([each.get("propertyName"), each.get("mapping")]) for each in found)

    @property
    def dependencies(self) -> frozenset[str]:
        """Each field that asks for another one."""
        owners = (part.child("dependentRequired") for part in self.parts if "dependentRequired" in part.fields)
        return frozenset(f"{name} asks for {other}" for owner in owners for name in owner.fields for other in owner.texts(name))

    def said(self, keyword: str) -> list[Any]:
        return [part.fields[keyword] for part in self.parts if keyword in part.fields]

    def limit(self, bound: Bound) -> Limit | None:
        """The tightest that is said, or what holds unsaid."""
        found = [limit for part in self.parts for limit in _limits(part, bound)]
        return max(found) if found else None if bound.unsaid is None else (bound.sign * bound.unsaid, False)

    def properties(self) -> dict[str, Conjunction]:
        """What each named field has to be; a part that does not name it has its say by `additionalProperties`."""
        held = [(part.named("properties"), _other_fields(part)) for part in self.parts]
        names = dict.fromkeys(name for named, _ in held for name in named)
        return {
            name: all_of([each for named, others in held for each in ([named[name]] if name in named else others)])
            for name in names
        }

    def property_place(self, name: str) -> str:
        return next(part.place("properties", name) for part in self.parts if name in (part.get("properties") or {}))

    def is_closed(self, keyword: str) -> bool:
        return any(each is False for each in self.said(keyword))

    def child(self, keyword: str) -> Conjunction:
        """What all parts say in `keyword`."""
        return all_of([part.child(keyword) for part in self.parts if keyword in part.fields])

    def each(self, keyword: str) -> list["Schema"]:
        """What the parts say in `keyword`, each for itself."""
        return [schema_in(part, keyword) for part in self.parts if keyword in part.fields]

    def named(self, keyword: str) -> dict[str, Conjunction]:
        """The schemas that `keyword` holds by name."""
        held = [part.named(keyword) for part in self.parts]
        names = dict.fromkeys(name for each in held for name in each)
        return {name: all_of([each[name] for each in held if name in each]) for name in names}

    def choices(self, keyword: str) -> list[list["Schema"]]:
        """The alternatives of each part that has some."""
        found = [part.children(keyword) for part in self.parts]
        return [[_together([each]) for each in one] for one in found if one]

    def position(self, index: int) -> Conjunction:
        """What the element at this place of an array has to be."""
        return all_of([each for part in self.parts for each in _elements(part, index)])

    @property
    def positions(self) -> int:
        return max((len(part.children("prefixItems")) for part in self.parts), default=0)


def schema_in(owner: Node, name: str) -> Schema:
    """The schema that `owner` has under this name; one that admits everything where it has none."""
    return _together([owner.child(name)]) if name in owner.fields else nothing(owner.pointer)


def nothing(pointer: str) -> Schema:
    """What is said where nothing is."""
    return Schema(pointer, (), pointer)


def all_of(places: Sequence[Node]) -> Conjunction:
    """What stands at these places: one schema of what is written there, and one of each place that refers to others.

    Were these mixed as well, a document whose schemas refer to one another would have as many schemas as it has sets of them.
    """
    written = [place for place in places if not _refers(place)]
    found = [_together(written)] if written else []
    found += [_together([place]) for place in places if _refers(place)]
    return tuple({each.key: each for each in found}.values())


def _together(places: Sequence[Node]) -> Schema:
    seen: set[str] = set()
    parts = tuple(part for place in places for part in _parts(place, seen))
    pointer = (parts[0] if len(parts) == 1 else _followed(places[0])).pointer
    return Schema(pointer, parts, "\n".join((pointer, *(part.pointer for part in parts))))


def as_json(value: Any) -> str:
    """Tells `false` from 0, which Python takes for equal."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _refers(place: Node) -> bool:
    return isinstance(place.value, dict) and not {"$ref", "allOf"}.isdisjoint(place.value)


def _parts(place: Node, seen: set[str]) -> Iterator[Node]:
    part = _as_object(_followed(place))
    if part.pointer in seen:
        return
    seen.add(part.pointer)
    if any(map(_is_telling, part.fields)):
        yield part
    if part.reference is not None:
        yield from _parts(part.document.at(part.reference), seen)
    for each in part.children("allOf"):
        yield from _parts(each, seen)


def _followed(place: Node) -> Node:
    """What is meant, where nothing but a reference stands."""
    found = place
    for _ in range(REFERENCES_MAX):
        if found.reference is None or "allOf" in found.fields or any(map(_is_telling, found.fields)):
            return found
        found = found.document.at(found.reference)
    raise place.unreadable("a circle of references")


def _is_telling(keyword: str) -> bool:
    return keyword not in SILENT and not keyword.startswith("x-")


def _as_object(schema: Node) -> Node:
    """A boolean schema, written as an object."""
    if isinstance(schema.value, bool):
        return Node(schema.document, {} if schema.value else {"enum": []}, schema.pointer)
    if not isinstance(schema.value, dict):
        raise schema.unreadable("a schema is expected")
    return schema


def _types_of(part: Node) -> frozenset[str]:
    named = part.get("type")
    types = frozenset([named] if isinstance(named, str) else part.texts("type")) or ALL_TYPES
    if "number" in types:
        types |= {"integer"}
    return types | {"null"} if part.get("nullable") is True else types


def _limits(part: Node, bound: Bound) -> Iterator[Limit]:
    """OpenAPI 3.0 says by true that the limit is excluded, 3.1 gives the excluded number."""
    beside = part.get(bound.exclusive) if bound.exclusive else None
    if bound.keyword in part.fields:
        yield (bound.sign * _number(part, bound.keyword), beside is True)
    if bound.exclusive and beside is not None and not isinstance(beside, bool):
        yield (bound.sign * _number(part, bound.exclusive), True)


def _number(part: Node, keyword: str) -> float:
    value = part.fields[keyword]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise part.unreadable(f"`{keyword}` is to be a number")
    return value


def _other_fields(part: Node) -> list[Node]:
    return [part.child("additionalProperties")] if part.get("additionalProperties") not in (None, True) else []


def _elements(part: Node, index: int) -> list[Node]:
    first = part.children("prefixItems")
    if index < len(first):
        return [first[index]]
    return [part.child("items")] if "items" in part.fields else []
