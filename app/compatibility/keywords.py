"""Compares the keywords that limit a value itself: type, enum, bounds, pattern and the like, but not its fields or items."""

from collections.abc import Iterator
from typing import Final

from app.compatibility.change import Change, ChangeKind, Effect, PayloadDirection, report_schema_change
from app.compatibility.resolved_schema import Bound, Limit, ResolvedSchema, as_json

BOUNDS: Final = (
    Bound("minimum", 1, exclusive="exclusiveMinimum"),
    Bound("maximum", -1, exclusive="exclusiveMaximum"),
    Bound("minLength", 1, default=0),
    Bound("maxLength", -1),
    Bound("minItems", 1, default=0),
    Bound("maxItems", -1),
    Bound("minProperties", 1, default=0),
    Bound("maxProperties", -1),
    Bound("minContains", 1, default=1),
    Bound("maxContains", -1),
)
INCOMPARABLE: Final = ("pattern", "format", "multipleOf", "uniqueItems", "contentEncoding", "contentMediaType")
"""Keywords of which it cannot be decided which of two values admits less."""


def compare_keywords(direction: PayloadDirection, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Change]:
    yield from _compare_sets(direction, "type", "type", old.types, new.types, new)
    yield from _compare_values(direction, old, new)
    for bound in BOUNDS:
        yield from _compare_limit(direction, bound, old, new)
    for keyword in INCOMPARABLE:
        before, after = (frozenset(as_json(each) for each in schema.keyword_values(keyword) if each) for schema in (old, new))
        yield from _compare_facts(direction, keyword, before, after, new)
    yield from _compare_facts(direction, "dependentRequired", old.dependencies, new.dependencies, new)
    if old.discriminators != new.discriminators:
        yield report_schema_change(direction, Effect.CHANGED, "discriminator", new.pointer, f"{new.name}: discriminator changed")
    yield from _compare_default(direction, old, new)


def _compare_values(direction: PayloadDirection, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Change]:
    before, after = old.values, new.values
    if before is not None and after is not None:
        yield from _compare_sets(direction, "enum", "value", before, after, new)
    elif after is not None:
        yield report_schema_change(direction, Effect.NARROWED, "enum", new.pointer, f"{new.name} is now one of {_join(after)}")
    elif before is not None:
        yield report_schema_change(
            direction, Effect.WIDENED, "enum", new.pointer, f"{new.name} is no longer one of {_join(before)}"
        )


def _compare_sets(
    direction: PayloadDirection, rule: str, noun: str, before: frozenset[str], after: frozenset[str], new: ResolvedSchema
) -> Iterator[Change]:
    if removed := before - after:
        text = f"{new.name} has lost the {noun} {_join(removed)}"
        yield report_schema_change(direction, Effect.NARROWED, f"{rule}-removed", new.pointer, text)
    if added := after - before:
        text = f"{new.name} has the new {noun} {_join(added)}"
        yield report_schema_change(direction, Effect.WIDENED, f"{rule}-added", new.pointer, text)


def _compare_limit(direction: PayloadDirection, bound: Bound, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Change]:
    before, after = old.limit(bound), new.limit(bound)
    if before == after:
        return
    is_tighter = before is None or (after is not None and after > before)
    is_excluded = any(limit is not None and limit[1] for limit in (before, after))
    rule = bound.exclusive if bound.exclusive and is_excluded else bound.keyword
    text = f"{new.name}: {bound.keyword} {_describe(bound, before)} became {_describe(bound, after)}"
    yield report_schema_change(direction, Effect.NARROWED if is_tighter else Effect.WIDENED, rule, new.pointer, text)


def _compare_facts(
    direction: PayloadDirection, rule: str, before: frozenset[str], after: frozenset[str], new: ResolvedSchema
) -> Iterator[Change]:
    """`before` and `after` are constraints that all apply at once, so a superset admits fewer values."""
    if before == after:
        return
    effect = Effect.NARROWED if before < after else Effect.WIDENED if after < before else Effect.CHANGED
    yield report_schema_change(direction, effect, rule, new.pointer, f"{new.name}: {rule} {_join(before)} became {_join(after)}")


def _compare_default(direction: PayloadDirection, old: ResolvedSchema, new: ResolvedSchema) -> Iterator[Change]:
    before, after = (next(map(as_json, each.keyword_values("default")), "none") for each in (old, new))
    if before != after and direction is PayloadDirection.REQUEST:
        text = f"{new.name}: default {before} became {after}"
        yield Change(ChangeKind.BREAKING, "request-default", f"{new.pointer}/default", (), text)


def _join(values: frozenset[str]) -> str:
    return ", ".join(sorted(values)) or "none"


def _describe(bound: Bound, limit: Limit | None) -> str:
    if limit is None:
        return "none"
    number, is_excluded = limit
    return f"{number * bound.sign}{' excluded' if is_excluded else ''}"
