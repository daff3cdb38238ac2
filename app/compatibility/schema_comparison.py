"""Compares two schemas: whether the newer one admits fewer or more values than the older one.

A new field in a response is additive even if the older schema allowed no additional fields, because clients are told to ignore
unknown fields. A removed field is breaking in either direction. A change that cannot be decided, such as another pattern,
counts as breaking. A pair of schemas is compared once even if many operations use it; the operations are filled in afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from app.compatibility.change import Change, ChangeKind, Effect, PayloadDirection, report_schema_change
from app.compatibility.keywords import compare_keywords
from app.compatibility.matching import Pair, align_lists, match_schemas, pair_by_place
from app.compatibility.resolved_schema import Conjunction, ResolvedSchema

APPLICATORS: Final = ("items", "propertyNames", "then", "else", "unevaluatedItems")
"""Keywords whose schema applies to a part of the value; without the keyword any such part is admitted."""
NON_MONOTONIC: Final = ("not", "if", "contains")
"""Keywords whose schema, when narrowed, may make the whole schema admit more values."""
SCHEMAS_BY_NAME: Final = ("patternProperties", "dependentSchemas")
CHOICES: Final = ("oneOf", "anyOf")
ADDITIONAL_FIELDS: Final = ("additionalProperties", "unevaluatedProperties")
RULES_WITHOUT_EFFECT: Final = ("request-default", "request-property-deprecated", "response-property-deprecated")
"""Rules of changes that leave the set of admitted values as it was."""
NESTED_COMPARISONS_MAX: Final = 40
"""How deep comparisons may be nested; beyond this, two schemas count as different, which is reported as breaking."""


Finding = Change | Pair
"""A change, or a pair of schemas inside the compared ones that has to be compared next."""


class SchemaComparison:
    """Compares schemas of two documents whose values travel in `direction`; the result of each pair is kept."""

    def __init__(self, direction: PayloadDirection) -> None:
        self.direction = direction
        self._excluded_by = "readOnly" if direction is PayloadDirection.REQUEST else "writeOnly"
        self._pairs: dict[tuple[str, str], Pair] = {}
        self._found: dict[Pair, tuple[Finding, ...]] = {}
        self._nesting = 0

    def compare(self, old: ResolvedSchema, new: ResolvedSchema, where: str) -> Iterator[Change]:
        """Each change gets `where`. Raises DocumentUnreadable."""
        return (replace(each, where=(where,)) for each in self._changes_below(Pair(old, new)))

    def _changes_below(self, pair: Pair, skip_components: bool = False) -> Iterator[Change]:
        """Changes of this pair and of all pairs inside it, depth first.

        With `skip_components`, pairs of the component of the same name are left out, except for the first pair itself.
        """
        seen: set[Pair] = set()
        stack: list[Iterator[Finding]] = [iter((self._intern(pair),))]
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
            elif isinstance(found, Change):
                yield found
            elif found not in seen and not (seen and skip_components and found.is_component):
                seen.add(found)
                stack.append(iter(self._findings(found)))

    def _findings(self, pair: Pair) -> tuple[Finding, ...]:
        if pair not in self._found:
            # A recursive schema reaches the same pair again while it is being compared; that is no difference.
            self._found[pair] = ()
            found = self._compare(pair.old, pair.new)
            self._found[pair] = tuple(self._intern(each) for each in found if isinstance(each, Change) or each.has_parts)
        return self._found[pair]

    def _intern(self, found: Finding) -> Finding:
        """One object for all pairs with the same key, so that sets and dictionaries need not compare the long keys."""
        return found if isinstance(found, Change) else self._pairs.setdefault(found.key, found)

    def _compare(self, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Finding]:
        yield from compare_keywords(self.direction, old, new)
        yield from self._compare_properties(old, new)
        for keyword in ADDITIONAL_FIELDS:
            yield from self._compare_additional_fields(keyword, old, new)
        for keyword in APPLICATORS:
            yield from pair_by_place(old.child(keyword), new.child(keyword), new.pointer)
        for index in range(max(old.prefix_length, new.prefix_length)):
            yield from pair_by_place(old.element(index), new.element(index), new.pointer)
        for keyword in SCHEMAS_BY_NAME:
            yield from self._compare_schemas_by_name(keyword, old, new)
        for keyword in CHOICES:
            yield from self._compare_choices(keyword, old, new)
        for keyword in NON_MONOTONIC:
            yield from self._compare_non_monotonic(keyword, old, new)

    def _compare_properties(self, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Finding]:
        (before, required_before), (after, required_after) = self._fields(old), self._fields(new)
        for name in before:
            if name not in after:
                text, place = f"{old.name}: field `{name}` is gone", old.property_pointer(name)
                yield Change(ChangeKind.BREAKING, f"{self.direction}-property-removed", place, (), text)
        for name in after:
            if name not in before:
                text, place = f"{new.name}: field `{name}` is new", new.property_pointer(name)
                yield Change(ChangeKind.ADDITIVE, f"{self.direction}-property-added", place, (), text)
        yield from self._compare_required(required_before, required_after, new)
        for name in before:
            if name in after:
                yield from self._compare_deprecated(name, before[name], after[name], new)
                yield from pair_by_place(before[name], after[name], new.property_pointer(name))

    def _fields(self, schema: ResolvedSchema) -> tuple[dict[str, Conjunction], list[str]]:
        """The fields that travel in this direction, and the names of the required ones."""
        found = schema.properties()
        travelling = {name: field for name, field in found.items() if not _is_true(field, self._excluded_by)}
        return travelling, [name for name in schema.required if name in travelling or name not in found]

    def _compare_required(self, before: list[str], after: list[str], new: ResolvedSchema) -> Iterator[Change]:
        for name in (each for each in after if each not in before):
            text = f"{new.name}: field `{name}` became required"
            yield report_schema_change(self.direction, Effect.NARROWED, "property-required", new.pointer, text)
        for name in (each for each in before if each not in after):
            text = f"{new.name}: field `{name}` is no longer required"
            yield report_schema_change(self.direction, Effect.WIDENED, "property-optional", new.pointer, text)

    def _compare_deprecated(self, name: str, before: Conjunction, after: Conjunction, new: ResolvedSchema) -> Iterator[Change]:
        if _is_true(after, "deprecated") and not _is_true(before, "deprecated"):
            text, place = f"{new.name}: field `{name}` is deprecated", new.property_pointer(name)
            yield Change(ChangeKind.ADDITIVE, f"{self.direction}-property-deprecated", place, (), text)

    def _compare_additional_fields(self, keyword: str, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Finding]:
        match old.is_closed(keyword), new.is_closed(keyword):
            case False, False:
                yield from pair_by_place(old.child(keyword), new.child(keyword), new.pointer)
            case False, True:
                text = f"{new.name} admits fewer additional fields"
                yield report_schema_change(self.direction, Effect.NARROWED, keyword, new.pointer, text)
            case True, False:
                text = f"{new.name} admits more additional fields"
                yield Change(ChangeKind.ADDITIVE, f"{self.direction}-{keyword}", new.pointer, (), text)

    def _compare_schemas_by_name(self, keyword: str, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Finding]:
        before, after = old.children_by_name(keyword), new.children_by_name(keyword)
        for name in before:
            if name in after:
                yield from pair_by_place(before[name], after[name], new.pointer)
        if before.keys() != after.keys():
            text = f"{new.name}: {keyword} has other names"
            yield report_schema_change(self.direction, Effect.CHANGED, keyword, new.pointer, text)

    def _compare_non_monotonic(self, keyword: str, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Change]:
        matching = match_schemas(old.child_of_each_part(keyword), new.child_of_each_part(keyword), self._admit_same_values)
        if matching.is_complete:
            return
        effect = Effect.WIDENED if matching.removed else Effect.NARROWED
        if matching.removed and matching.added:
            effect = Effect.CHANGED
        yield report_schema_change(self.direction, effect, keyword, new.pointer, f"{new.name}: {keyword} changed")

    def _compare_choices(self, keyword: str, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Finding]:
        for before, after in align_lists(old.alternatives(keyword), new.alternatives(keyword), self._correspond):
            if before and after:
                yield from self._compare_alternatives(keyword, before, after, new)
            else:
                effect, text = (Effect.NARROWED, "is new") if after else (Effect.WIDENED, "is gone")
                yield report_schema_change(self.direction, effect, keyword, new.pointer, f"{new.name}: {keyword} {text}")

    def _compare_alternatives(
        self, keyword: str, before: Sequence[ResolvedSchema], after: Sequence[ResolvedSchema], new: ResolvedSchema
    ) -> Iterator[Finding]:
        matching = match_schemas(before, after, self._correspond)
        yield from matching.pairs
        removed, added = matching.removed, matching.added
        if len(removed) == len(added):
            yield from map(Pair, removed, added)
            return
        if removed:
            text = f"{new.name} has lost {len(removed)} of {keyword}"
            yield report_schema_change(self.direction, Effect.NARROWED, keyword, new.pointer, text)
        if added:
            text = f"{new.name} has {len(added)} more of {keyword}"
            yield report_schema_change(self.direction, Effect.WIDENED, keyword, new.pointer, text)

    def _correspond(self, pair: Pair) -> bool:
        """Whether both are the same component, or admit the same values apart from changes inside components.

        Changes inside components are reported where the components themselves are compared.
        """
        return pair.is_component or self._admit_same_values(pair, skip_components=True)

    def _admit_same_values(self, pair: Pair, skip_components: bool = False) -> bool:
        if self._nesting >= NESTED_COMPARISONS_MAX:
            return False
        self._nesting += 1
        try:
            return all(each.rule in RULES_WITHOUT_EFFECT for each in self._changes_below(pair, skip_components))
        finally:
            self._nesting -= 1


def _is_true(field: Conjunction, keyword: str) -> bool:
    return any(True in each.keyword_values(keyword) for each in field)
