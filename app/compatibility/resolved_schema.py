"""A schema resolved into the parts that a value must satisfy: its own keywords, the targets of its `$ref`, the items of `allOf`.

Two schemas that differ only in which part holds a keyword, or in the order of the parts, compare as equal.
Descriptions and examples are left out.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from app.compatibility.documents import REFERENCES_MAX, DocumentNode

ALL_TYPES: Final = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
NON_ASSERTIONS: Final = frozenset(
    {"$ref", "allOf", "title", "description", "example", "examples", "externalDocs", "xml", "$comment", "$defs", "$schema", "$id"}
)
"""Keywords that by themselves do not limit the value: references and `allOf`, which become parts, and annotations."""
POINTER_TOKENS_NOT_SHOWN: Final = ("properties", "schema", "components", "schemas", "content", "paths")
"""Tokens of a pointer that are left out of the names shown in messages."""
COMPONENTS: Final = "/components/schemas/"


@dataclass(frozen=True, slots=True)
class Bound:
    """A keyword that is a lower (`sign` 1) or an upper (-1) bound, its default, and the keyword that excludes the bound."""

    keyword: str
    sign: int
    default: int | None = None
    exclusive: str | None = None


Limit = tuple[float, bool]
"""The number times the sign of its bound, and whether the number itself is excluded. The greater of two limits is tighter."""


Conjunction = tuple["ResolvedSchema", ...]
"""Schemas that a value must satisfy at once."""


@dataclass(frozen=True, slots=True)
class ResolvedSchema:
    """A value must satisfy every part; without parts any value is admitted.

    `pointer` is where a reader finds the schema; `key` is unique within the document.
    """

    pointer: str
    parts: tuple[DocumentNode, ...]
    key: str

    @property
    def name(self) -> str:
        """The end of the pointer, short enough for messages."""
        tokens = [each for each in self.pointer.split("/") if each and each not in POINTER_TOKENS_NOT_SHOWN]
        return "/".join(tokens[-2:]) or "the schema"

    @property
    def is_component(self) -> bool:
        return self.pointer.startswith(COMPONENTS) and "/" not in self.pointer.removeprefix(COMPONENTS)

    @property
    def types(self) -> frozenset[str]:
        """`nullable` without `type` has no effect by OpenAPI 3.0; its authors mean that null is admitted, so that is assumed."""
        types = reduce(frozenset.intersection, map(_types_of, self.parts)) if self.parts else ALL_TYPES
        is_nullable = any(part.get("nullable") is True and "type" not in part.fields for part in self.parts)
        return types | {"null"} if is_nullable else types

    @property
    def values(self) -> frozenset[str] | None:
        """The values that `enum` and `const` admit, as JSON; None if there is neither."""
        sets = [frozenset({as_json(each)}) for each in self.keyword_values("const")]
        sets += [frozenset(as_json(each.value) for each in part.children("enum")) for part in self.parts if "enum" in part.fields]
        return reduce(frozenset.intersection, sets) if sets else None

    @property
    def required(self) -> list[str]:
        return list(dict.fromkeys(name for part in self.parts for name in part.strings("required")))

    @property
    def discriminators(self) -> frozenset[str]:
        found = (part.child("discriminator") for part in self.parts if "discriminator" in part.fields)
        return frozenset(as_json([each.get("propertyName"), each.get("mapping")]) for each in found)

    @property
    def dependencies(self) -> frozenset[str]:
        """Each field that requires another one by `dependentRequired`, as text."""
        owners = (part.child("dependentRequired") for part in self.parts if "dependentRequired" in part.fields)
        return frozenset(f"{name} requires {other}" for owner in owners for name in owner.fields for other in owner.strings(name))

    def keyword_values(self, keyword: str) -> list[Any]:
        return [part.fields[keyword] for part in self.parts if keyword in part.fields]

    def limit(self, bound: Bound) -> Limit | None:
        """The tightest limit of all parts, or the default."""
        found = [limit for part in self.parts for limit in _limits(part, bound)]
        return max(found) if found else None if bound.default is None else (bound.sign * bound.default, False)

    def properties(self) -> dict[str, Conjunction]:
        """The schemas that each named field must satisfy. A part that does not name the field adds its `additionalProperties`."""
        held = [(part.children_by_name("properties"), _additional_properties(part)) for part in self.parts]
        names = dict.fromkeys(name for named, _ in held for name in named)
        return {
            name: conjunction_of([each for named, others in held for each in ([named[name]] if name in named else others)])
            for name in names
        }

    def property_pointer(self, name: str) -> str:
        return next(part.pointer_to("properties", name) for part in self.parts if name in (part.get("properties") or {}))

    def is_closed(self, keyword: str) -> bool:
        return any(each is False for each in self.keyword_values(keyword))

    def child(self, keyword: str) -> Conjunction:
        """The schemas that all parts have in `keyword`, as one conjunction."""
        return conjunction_of([part.child(keyword) for part in self.parts if keyword in part.fields])

    def child_of_each_part(self, keyword: str) -> list["ResolvedSchema"]:
        return [schema_in(part, keyword) for part in self.parts if keyword in part.fields]

    def children_by_name(self, keyword: str) -> dict[str, Conjunction]:
        """The schemas in a keyword that maps names to schemas, such as `patternProperties`."""
        held = [part.children_by_name(keyword) for part in self.parts]
        names = dict.fromkeys(name for each in held for name in each)
        return {name: conjunction_of([each[name] for each in held if name in each]) for name in names}

    def alternatives(self, keyword: str) -> list[list["ResolvedSchema"]]:
        """The alternatives (`anyOf` or `oneOf`) of each part that has any."""
        found = [part.children(keyword) for part in self.parts]
        return [[_resolve([each]) for each in one] for one in found if one]

    def element(self, index: int) -> Conjunction:
        """The schemas that the element at this index of an array must satisfy."""
        return conjunction_of([each for part in self.parts for each in _elements(part, index)])

    @property
    def prefix_length(self) -> int:
        """How many elements of an array have a schema of their own, by `prefixItems`."""
        return max((len(part.children("prefixItems")) for part in self.parts), default=0)


def schema_in(owner: DocumentNode, name: str) -> ResolvedSchema:
    """The schema in this member of `owner`; one that admits every value if there is no such member."""
    return _resolve([owner.child(name)]) if name in owner.fields else unrestricted_schema(owner.pointer)


def unrestricted_schema(pointer: str) -> ResolvedSchema:
    """A schema that admits every value."""
    return ResolvedSchema(pointer, (), pointer)


def conjunction_of(places: Sequence[DocumentNode]) -> Conjunction:
    """One schema of all places without references, and one of each place that has references.

    Merging the latter as well could make one schema for every set of components that refer to one another, which is
    exponentially many.
    """
    written = [place for place in places if not _has_references(place)]
    found = [_resolve(written)] if written else []
    found += [_resolve([place]) for place in places if _has_references(place)]
    return tuple({each.key: each for each in found}.values())


def _resolve(places: Sequence[DocumentNode]) -> ResolvedSchema:
    seen: set[str] = set()
    parts = tuple(part for place in places for part in _collect_parts(place, seen))
    pointer = (parts[0] if len(parts) == 1 else _follow_bare_references(places[0])).pointer
    return ResolvedSchema(pointer, parts, "\n".join((pointer, *(part.pointer for part in parts))))


def as_json(value: Any) -> str:
    """As text, because Python takes `False` and 0 for equal, which JSON does not."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _has_references(place: DocumentNode) -> bool:
    return isinstance(place.value, dict) and not {"$ref", "allOf"}.isdisjoint(place.value)


def _collect_parts(place: DocumentNode, seen: set[str]) -> Iterator[DocumentNode]:
    part = _as_object(_follow_bare_references(place))
    if part.pointer in seen:
        return
    seen.add(part.pointer)
    if any(map(_is_assertion, part.fields)):
        yield part
    if part.reference is not None:
        yield from _collect_parts(part.document.resolve(part.reference), seen)
    for each in part.children("allOf"):
        yield from _collect_parts(each, seen)


def _follow_bare_references(place: DocumentNode) -> DocumentNode:
    """The schema that this one refers to, as long as the reference is its only content."""
    found = place
    for _ in range(REFERENCES_MAX):
        if found.reference is None or "allOf" in found.fields or any(map(_is_assertion, found.fields)):
            return found
        found = found.document.resolve(found.reference)
    raise place.unreadable("a circle of references")


def _is_assertion(keyword: str) -> bool:
    return keyword not in NON_ASSERTIONS and not keyword.startswith("x-")


def _as_object(schema: DocumentNode) -> DocumentNode:
    """A boolean schema becomes the object schema that admits the same values."""
    if isinstance(schema.value, bool):
        return DocumentNode(schema.document, {} if schema.value else {"enum": []}, schema.pointer)
    if not isinstance(schema.value, dict):
        raise schema.unreadable("a schema is expected")
    return schema


def _types_of(part: DocumentNode) -> frozenset[str]:
    named = part.get("type")
    types = frozenset([named] if isinstance(named, str) else part.strings("type")) or ALL_TYPES
    if "number" in types:
        types |= {"integer"}
    return types | {"null"} if part.get("nullable") is True else types


def _limits(part: DocumentNode, bound: Bound) -> Iterator[Limit]:
    """`exclusiveMinimum` and `exclusiveMaximum` are booleans in OpenAPI 3.0, and numbers in 3.1."""
    exclusive = part.get(bound.exclusive) if bound.exclusive else None
    if bound.keyword in part.fields:
        yield (bound.sign * _number(part, bound.keyword), exclusive is True)
    if bound.exclusive and exclusive is not None and not isinstance(exclusive, bool):
        yield (bound.sign * _number(part, bound.exclusive), True)


def _number(part: DocumentNode, keyword: str) -> float:
    value = part.fields[keyword]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise part.unreadable(f"`{keyword}` must be a number")
    return value


def _additional_properties(part: DocumentNode) -> list[DocumentNode]:
    return [part.child("additionalProperties")] if part.get("additionalProperties") not in (None, True) else []


def _elements(part: DocumentNode, index: int) -> list[DocumentNode]:
    first = part.children("prefixItems")
    if index < len(first):
        return [first[index]]
    return [part.child("items")] if "items" in part.fields else []
