"""What happened to the values that a schema admits.

A field that an answer has more is no break, whether or not the schema was closed: the contract says that fields may come. A
field that is gone is one, wherever it stood. What cannot be decided, such as one pattern in place of another, counts as a break.
"""

from collections.abc import Iterator
from typing import Any, Final

from app.conformance.diff.change import Change, Direction, Effect, Kind
from app.conformance.diff.documents import Node, escaped, node

ALL_TYPES: Final = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})
LOWER_BOUNDS: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
UPPER_BOUNDS: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
UNORDERED: Final = ("pattern", "format", "multipleOf", "uniqueItems", "contentEncoding", "contentMediaType")
OPAQUE: Final = ("not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties", "prefixItems")
MORE_OPAQUE: Final = ("contains", "unevaluatedProperties", "unevaluatedItems", "discriminator")
CHOICES: Final = ("oneOf", "anyOf")
PARTS: Final = ("items", "propertyNames")
NOISE: Final = ("properties", "schema", "components", "schemas", "content", "paths")
"""Parts of a pointer that tell a reader nothing."""
Seen = frozenset[tuple[str, str]]


class SchemaComparison:
    """Compares schemas that travel in one direction; `where` is said of each change."""

    def __init__(self, direction: Direction, where: str) -> None:
        self._direction, self._where = direction, where

    def compare(self, old: Node, new: Node, seen: Seen = frozenset()) -> Iterator[Change]:
        pair = (old.pointer, new.pointer)
        if pair in seen or (old.value == new.value and old.document is new.document):
            return
        old, new, seen = _as_object(old), _as_object(new), seen | {pair}
        for compare in (self._types, self._values, self._bounds, self._unordered, self._defaults):
            yield from compare(old, new)
        yield from self._members(old, new, seen)
        yield from self._other_names(old, new, seen)
        for keyword in PARTS:
            yield from self._part(keyword, old, new, seen)
        for keyword in CHOICES:
            yield from self._choices(keyword, old, new, seen)
        yield from self._all_of(old, new, seen)
        for keyword in OPAQUE + MORE_OPAQUE:
            if old.get(keyword) != new.get(keyword):
                yield self._change(Effect.CHANGED, keyword, new, f"{_name(new)}: {keyword} changed")

    def _types(self, old: Node, new: Node) -> Iterator[Change]:
        before, after = _types_of(old.value), _types_of(new.value)
        yield from self._sets("type", "type", before, after, new)

    def _values(self, old: Node, new: Node) -> Iterator[Change]:
        before, after = _values_of(old.value), _values_of(new.value)
        if before is None and after is not None:
            yield self._change(Effect.NARROWED, "enum", new, f"{_name(new)} is now one of {_listed(after)}")
        elif before is not None and after is None:
            yield self._change(Effect.WIDENED, "enum", new, f"{_name(new)} is no longer one of {_listed(before)}")
        elif before is not None and after is not None:
            yield from self._sets("enum", "value", before, after, new)

    def _sets(self, rule: str, noun: str, before: frozenset[str], after: frozenset[str], new: Node) -> Iterator[Change]:
        if gone := before - after:
            yield self._change(Effect.NARROWED, f"{rule}-removed", new, f"{_name(new)} has lost the {noun} {_listed(gone)}")
        if more := after - before:
            yield self._change(Effect.WIDENED, f"{rule}-added", new, f"{_name(new)} has the new {noun} {_listed(more)}")

    def _bounds(self, old: Node, new: Node) -> Iterator[Change]:
        for keywords, sign in ((LOWER_BOUNDS, 1), (UPPER_BOUNDS, -1)):
            for keyword in keywords:
                before, after = old.get(keyword), new.get(keyword)
                if before == after:
                    continue
                tighter = before is None or (after is not None and (after - before) * sign > 0)
                effect = Effect.NARROWED if tighter else Effect.WIDENED
                yield self._change(effect, keyword, new, f"{_name(new)}: {keyword} {_shown(before)} became {_shown(after)}")

    def _unordered(self, old: Node, new: Node) -> Iterator[Change]:
        for keyword in UNORDERED:
            before, after = old.get(keyword) or None, new.get(keyword) or None
            if before != after:
                effect = Effect.NARROWED if before is None else Effect.WIDENED if after is None else Effect.CHANGED
                yield self._change(effect, keyword, new, f"{_name(new)}: {keyword} {_shown(before)} became {_shown(after)}")

    def _defaults(self, old: Node, new: Node) -> Iterator[Change]:
        before, after = old.get("default"), new.get("default")
        if before != after and self._direction is Direction.REQUEST:
            text = f"{_name(new)}: default {_shown(before)} became {_shown(after)}"
            yield Change(Kind.BREAKING, "request-default", f"{new.pointer}/default", (self._where,), text)

    def _members(self, old: Node, new: Node, seen: Seen) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        must_before, must_after = set(old.get("required", ())), set(new.get("required", ()))
        for name in before.keys() - after.keys():
            text, place = f"{_name(old)}: field `{name}` is gone", f"{old.pointer}/properties/{name}"
            yield Change(Kind.BREAKING, f"{self._direction}-property-removed", place, (self._where,), text)
        for name in after.keys() - before.keys():
            text, place = f"{_name(new)}: field `{name}` is new", f"{new.pointer}/properties/{name}"
            yield Change(Kind.ADDITIVE, f"{self._direction}-property-added", place, (self._where,), text)
        for name in sorted(must_after - must_before):
            yield self._change(Effect.NARROWED, "property-required", new, f"{_name(new)}: field `{name}` became required")
        for name in sorted(must_before - must_after):
            yield self._change(Effect.WIDENED, "property-optional", new, f"{_name(new)}: field `{name}` is no longer required")
        for name in before.keys() & after.keys():
            yield from self.compare(_child(old, "properties", name), _child(new, "properties", name), seen)

    def _other_names(self, old: Node, new: Node, seen: Seen) -> Iterator[Change]:
        keyword = "additionalProperties"
        before, after = old.get(keyword, True), new.get(keyword, True)
        if before == after and old.document is new.document:
            return
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self.compare(_child(old, keyword), _child(new, keyword), seen)
        elif _openness(after) < _openness(before):
            yield self._change(Effect.NARROWED, keyword, new, f"{_name(new)} takes fewer other fields")
        elif _openness(after) > _openness(before):
            text = f"{_name(new)} takes more other fields"
            yield Change(Kind.ADDITIVE, f"{self._direction}-{keyword}", new.pointer, (self._where,), text)

    def _part(self, keyword: str, old: Node, new: Node, seen: Seen) -> Iterator[Change]:
        match keyword in old.value, keyword in new.value:
            case True, True:
                yield from self.compare(_child(old, keyword), _child(new, keyword), seen)
            case False, True:
                yield self._change(Effect.NARROWED, keyword, new, f"{_name(new)}: {keyword} is now said")
            case True, False:
                yield self._change(Effect.WIDENED, keyword, new, f"{_name(new)}: {keyword} is no longer said")

    def _choices(self, keyword: str, old: Node, new: Node, seen: Seen) -> Iterator[Change]:
        before, after = _children(old, keyword), _children(new, keyword)
        if not before and not after:
            return
        if not before or not after:
            effect = Effect.NARROWED if after else Effect.WIDENED
            yield self._change(effect, keyword, new, f"{_name(new)}: {keyword} is {'now' if after else 'no longer'} said")
            return
        gone = [each for each in before if not any(self._same(each, other, seen) for other in after)]
        more = [each for each in after if not any(self._same(other, each, seen) for other in before)]
        if len(gone) == len(more):
            for one, other in zip(gone, more, strict=True):
                yield from self.compare(one, other, seen)
            return
        if gone:
            yield self._change(Effect.NARROWED, keyword, new, f"{_name(new)} has lost {len(gone)} of {keyword}")
        if more:
            yield self._change(Effect.WIDENED, keyword, new, f"{_name(new)} has {len(more)} more of {keyword}")

    def _all_of(self, old: Node, new: Node, seen: Seen) -> Iterator[Change]:
        before, after = _children(old, "allOf"), _children(new, "allOf")
        if len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from self.compare(one, other, seen)
        else:
            yield self._change(Effect.CHANGED, "allOf", new, f"{_name(new)}: allOf has other parts")

    def _same(self, old: Node, new: Node, seen: Seen) -> bool:
        return next(self.compare(old, new, seen), None) is None

    def _change(self, effect: Effect, rule: str, new: Node, text: str) -> Change:
        return Change(self._direction.kind_of(effect), f"{self._direction}-{rule}", new.pointer, (self._where,), text)


def _as_object(schema: Node) -> Node:
    """A boolean schema, written as an object."""
    if isinstance(schema.value, dict):
        return schema
    return Node(schema.document, {} if schema.value else {"not": {}}, schema.pointer)


def _types_of(schema: dict[str, Any]) -> frozenset[str]:
    named = schema.get("type", ())
    types = frozenset([named] if isinstance(named, str) else named) or ALL_TYPES
    if "number" in types:
        types |= {"integer"}
    return types | {"null"} if schema.get("nullable") else types


def _values_of(schema: dict[str, Any]) -> frozenset[str] | None:
    if "const" in schema:
        return frozenset({repr(schema["const"])})
    return frozenset(map(repr, schema["enum"])) if "enum" in schema else None


def _openness(additional: Any) -> int:
    return 2 if additional is True or additional == {} else 1 if additional else 0


def _child(schema: Node, *names: str) -> Node:
    value, pointer = schema.value, schema.pointer
    for name in names:
        value, pointer = value[name], f"{pointer}/{escaped(name)}"
    return node(schema.document, value, pointer)


def _children(schema: Node, keyword: str) -> list[Node]:
    return [node(schema.document, each, f"{schema.pointer}/{keyword}/{i}") for i, each in enumerate(schema.get(keyword, ()))]


def _name(schema: Node) -> str:
    """The part of the pointer that a reader knows it by."""
    tokens = [each for each in schema.pointer.split("/") if each and each not in NOISE]
    return "/".join(tokens[-2:]) or "the schema"


def _listed(values: frozenset[str]) -> str:
    return ", ".join(sorted(values))


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
