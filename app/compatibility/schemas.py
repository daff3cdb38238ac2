"""What happened to the values that a schema admits.

A field that an answer has more is no break, whether or not the schema was closed: the contract says that fields may come. A
field that is gone is one, wherever it stood. What cannot be decided, such as one pattern in place of another, counts as a break.
Two schemas are compared once however many operations share them; the operations are named afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.compatibility.change import Change, Direction, Effect, Kind, judged
from app.compatibility.keywords import compare_keywords
from app.compatibility.matching import Pair, abreast, aligned, matched
from app.compatibility.schema import Conjunction, Schema

PARTS: Final = ("items", "propertyNames", "then", "else", "unevaluatedItems")
"""Keywords whose schema holds of something in the value; everything is admitted where they are not said."""
OPAQUE: Final = ("not", "if", "contains")
"""Keywords by which a narrower schema may admit more."""
NAMED: Final = ("patternProperties", "dependentSchemas")
CHOICES: Final = ("oneOf", "anyOf")
OTHER_NAMES: Final = ("additionalProperties", "unevaluatedProperties")
WITHOUT_EFFECT: Final = ("request-default", "request-property-deprecated", "response-property-deprecated")
"""Rules of changes after which the same values are admitted."""
COMPARISONS_MAX: Final = 40
"""Comparisons that may wait for one another; beyond, schemas count as different, which is told as a break."""


Finding = Change | Pair
"""What a comparison found: a change, or two schemas to compare in turn."""


class SchemaComparison:
    """Compares the schemas of two documents that travel in one direction, each pair of them once."""

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self._hidden = "readOnly" if direction is Direction.REQUEST else "writeOnly"
        self._pairs: dict[tuple[str, str], Pair] = {}
        self._found: dict[Pair, tuple[Finding, ...]] = {}
        self._waiting = 0

    def compare(self, old: Schema, new: Schema, where: str) -> Iterator[Change]:
        """`where` is said of each change. Raises DocumentUnreadable."""
        return (replace(each, where=(where,)) for each in self._reached(Pair(old, new)))

    def _reached(self, pair: Pair, beside_components: bool = False) -> Iterator[Change]:
        """The changes of these schemas and of all that they lead to, or only of what lies beside components of one name."""
        seen: set[Pair] = set()
        ways: list[Iterator[Finding]] = [iter((self._one(pair),))]
        while ways:
            found = next(ways[-1], None)
            if found is None:
                ways.pop()
            elif isinstance(found, Change):
                yield found
            elif found not in seen and not (seen and beside_components and found.is_component):
                seen.add(found)
                ways.append(iter(self._findings(found)))

    def _findings(self, pair: Pair) -> tuple[Finding, ...]:
        if pair not in self._found:
            # A schema that holds itself meets itself here, and is not different for that.
            self._found[pair] = ()
            found = self._compared(pair.old, pair.new)
            self._found[pair] = tuple(self._one(each) for each in found if isinstance(each, Change) or each.has_parts)
        return self._found[pair]

    def _one(self, found: Finding) -> Finding:
        """Of the pairs of one key always the same: they are met far too often to be told apart by text."""
        return found if isinstance(found, Change) else self._pairs.setdefault(found.key, found)

    def _compared(self, old: Schema, new: Schema) -> Iterator[Finding]:
        yield from compare_keywords(self.direction, old, new)
        yield from self._properties(old, new)
        for keyword in OTHER_NAMES:
            yield from self._other_names(keyword, old, new)
        for keyword in PARTS:
            yield from abreast(old.child(keyword), new.child(keyword), new.pointer)
        for index in range(max(old.positions, new.positions)):
            yield from abreast(old.position(index), new.position(index), new.pointer)
        for keyword in NAMED:
            yield from self._named(keyword, old, new)
        for keyword in CHOICES:
            yield from self._choices(keyword, old, new)
        for keyword in OPAQUE:
            yield from self._opaque(keyword, old, new)

    def _properties(self, old: Schema, new: Schema) -> Iterator[Finding]:
        (before, needed_before), (after, needed_after) = self._fields(old), self._fields(new)
        for name in before:
            if name not in after:
                text, place = f"{old.name}: field `{name}` is gone", old.property_place(name)
                yield Change(Kind.BREAKING, f"{self.direction}-property-removed", place, (), text)
        for name in after:
            if name not in before:
                text, place = f"{new.name}: field `{name}` is new", new.property_place(name)
                yield Change(Kind.ADDITIVE, f"{self.direction}-property-added", place, (), text)
        yield from self._required(needed_before, needed_after, new)
        for name in before:
            if name in after:
                yield from self._deprecated(name, before[name], after[name], new)
                yield from abreast(before[name], after[name], new.property_place(name))

    def _fields(self, schema: Schema) -> tuple[dict[str, Conjunction], list[str]]:
        """The fields that travel in this direction, and the names of those that are required."""
        found = schema.properties()
        shown = {name: field for name, field in found.items() if not _says(field, self._hidden)}
        return shown, [name for name in schema.required if name in shown or name not in found]

    def _required(self, before: list[str], after: list[str], new: Schema) -> Iterator[Change]:
        for name in (each for each in after if each not in before):
            text = f"{new.name}: field `{name}` became required"
            yield judged(self.direction, Effect.NARROWED, "property-required", new.pointer, text)
        for name in (each for each in before if each not in after):
            text = f"{new.name}: field `{name}` is no longer required"
            yield judged(self.direction, Effect.WIDENED, "property-optional", new.pointer, text)

    def _deprecated(self, name: str, before: Conjunction, after: Conjunction, new: Schema) -> Iterator[Change]:
        if _says(after, "deprecated") and not _says(before, "deprecated"):
            text, place = f"{new.name}: field `{name}` is deprecated", new.property_place(name)
            yield Change(Kind.ADDITIVE, f"{self.direction}-property-deprecated", place, (), text)

    def _other_names(self, keyword: str, old: Schema, new: Schema) -> Iterator[Finding]:
        match old.is_closed(keyword), new.is_closed(keyword):
            case False, False:
                yield from abreast(old.child(keyword), new.child(keyword), new.pointer)
            case False, True:
                text = f"{new.name} takes fewer other fields"
                yield judged(self.direction, Effect.NARROWED, keyword, new.pointer, text)
            case True, False:
                text = f"{new.name} takes more other fields"
                yield Change(Kind.ADDITIVE, f"{self.direction}-{keyword}", new.pointer, (), text)

    def _named(self, keyword: str, old: Schema, new: Schema) -> Iterator[Finding]:
        before, after = old.named(keyword), new.named(keyword)
        for name in before:
            if name in after:
                yield from abreast(before[name], after[name], new.pointer)
        if before.keys() != after.keys():
            text = f"{new.name}: {keyword} has other names"
            yield judged(self.direction, Effect.CHANGED, keyword, new.pointer, text)

    def _opaque(self, keyword: str, old: Schema, new: Schema) -> Iterator[Change]:
        matching = matched(old.each(keyword), new.each(keyword), self._admit_same)
        if not matching.is_complete:
            effect = Effect.CHANGED if matching.gone and matching.more else Effect.WIDENED if matching.gone else Effect.NARROWED
            yield judged(self.direction, effect, keyword, new.pointer, f"{new.name}: {keyword} changed")

    def _choices(self, keyword: str, old: Schema, new: Schema) -> Iterator[Finding]:
        for before, after in aligned(old.choices(keyword), new.choices(keyword), self._are_alternatives):
            if before and after:
                yield from self._alternatives(keyword, before, after, new)
            else:
                effect, word = (Effect.NARROWED, "now") if after else (Effect.WIDENED, "no longer")
                yield judged(self.direction, effect, keyword, new.pointer, f"{new.name}: {keyword} is {word} said")

    def _alternatives(self, keyword: str, before: Sequence[Schema], after: Sequence[Schema], new: Schema) -> Iterator[Finding]:
        matching = matched(before, after, self._are_alternatives)
        yield from matching.pairs
        gone, more = matching.gone, matching.more
        if len(gone) == len(more):
            yield from map(Pair, gone, more)
            return
        if gone:
            text = f"{new.name} has lost {len(gone)} of {keyword}"
            yield judged(self.direction, Effect.NARROWED, keyword, new.pointer, text)
        if more:
            text = f"{new.name} has {len(more)} more of {keyword}"
            yield judged(self.direction, Effect.WIDENED, keyword, new.pointer, text)

    def _are_alternatives(self, pair: Pair) -> bool:
        """One component, or the same but for what changed in components: those are compared by themselves."""
        return pair.is_component or self._admit_same(pair, beside_components=True)

    def _admit_same(self, pair: Pair, beside_components: bool = False) -> bool:
        if self._waiting >= COMPARISONS_MAX:
            return False
        self._waiting += 1
        try:
            return all(each.rule in WITHOUT_EFFECT for each in self._reached(pair, beside_components))
        finally:
            self._waiting -= 1


def _says(field: Conjunction, keyword: str) -> bool:
    return any(True in each.said(keyword) for each in field)
