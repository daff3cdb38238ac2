"""What happened to the keywords that limit a value itself, without looking into it."""

from collections.abc import Iterator
from typing import Final

from app.compatibility.change import Change, Direction, Effect, Kind, judged
from app.compatibility.schema import Bound, Limit, Schema, as_json

BOUNDS: Final = (
    Bound("minimum", 1, exclusive="exclusiveMinimum"),
    Bound("maximum", -1, exclusive="exclusiveMaximum"),
    Bound("minLength", 1, unsaid=0),
    Bound("maxLength", -1),
    Bound("minItems", 1, unsaid=0),
    Bound("maxItems", -1),
    Bound("minProperties", 1, unsaid=0),
    Bound("maxProperties", -1),
    Bound("minContains", 1, unsaid=1),
    Bound("maxContains", -1),
)
UNORDERED: Final = ("pattern", "format", "multipleOf", "uniqueItems", "contentEncoding", "contentMediaType")
"""Of two values neither can be told to admit less."""


def compare_keywords(direction: Direction, old: Schema, new: Schema) -> Iterator[Change]:
    yield from _sets(direction, "type", "type", old.types, new.types, new)
    yield from _values(direction, old, new)
    for bound in BOUNDS:
        yield from _limit(direction, bound, old, new)
    for keyword in UNORDERED:
        before, after = (frozenset(as_json(each) for each in schema.said(keyword) if each) for schema in (old, new))
        yield from _facts(direction, keyword, before, after, new)
    yield from _facts(direction, "dependentRequired", old.dependencies, new.dependencies, new)
    if old.discriminators != new.discriminators:
        yield judged(direction, Effect.CHANGED, "discriminator", new.pointer, f"{new.name}: discriminator changed")
    yield from _default(direction, old, new)


def _values(direction: Direction, old: Schema, new: Schema) -> Iterator[Change]:
    before, after = old.values, new.values
    if before is not None and after is not None:
        yield from _sets(direction, "enum", "value", before, after, new)
    elif after is not None:
        yield judged(direction, Effect.NARROWED, "enum", new.pointer, f"{new.name} is now one of {_listed(after)}")
    elif before is not None:
        yield judged(direction, Effect.WIDENED, "enum", new.pointer, f"{new.name} is no longer one of {_listed(before)}")


def _sets(
    direction: Direction, rule: str, noun: str, before: frozenset[str], after: frozenset[str], new: Schema
) -> Iterator[Change]:
    if gone := before - after:
        text = f"{new.name} has lost the {noun} {_listed(gone)}"
        yield judged(direction, Effect.NARROWED, f"{rule}-removed", new.pointer, text)
    if more := after - before:
        text = f"{new.name} has the new {noun} {_listed(more)}"
        yield judged(direction, Effect.WIDENED, f"{rule}-added", new.pointer, text)


def _limit(direction: Direction, bound: Bound, old: Schema, new: Schema) -> Iterator[Change]:
    before, after = old.limit(bound), new.limit(bound)
    if before == after:
        return
    is_tighter = before is None or (after is not None and after > before)
    is_excluded = any(limit is not None and limit[1] for limit in (before, after))
    rule = bound.exclusive if bound.exclusive and is_excluded else bound.keyword
    text = f"{new.name}: {bound.keyword} {_shown(bound, before)} became {_shown(bound, after)}"
    yield judged(direction, Effect.NARROWED if is_tighter else Effect.WIDENED, rule, new.pointer, text)


def _facts(direction: Direction, rule: str, before: frozenset[str], after: frozenset[str], new: Schema) -> Iterator[Change]:
    """All of them hold at once, so more facts admit less."""
    if before == after:
        return
    effect = Effect.NARROWED if before < after else Effect.WIDENED if after < before else Effect.CHANGED
    yield judged(direction, effect, rule, new.pointer, f"{new.name}: {rule} {_listed(before)} became {_listed(after)}")


def _default(direction: Direction, old: Schema, new: Schema) -> Iterator[Change]:
    before, after = (next(map(as_json, each.said("default")), "none") for each in (old, new))
    if before != after and direction is Direction.REQUEST:
        text = f"{new.name}: default {before} became {after}"
        yield Change(Kind.BREAKING, "request-default", f"{new.pointer}/default", (), text)


def _listed(values: frozenset[str]) -> str:
    return ", ".join(sorted(values)) or "none"


def _shown(bound: Bound, limit: Limit | None) -> str:
    if limit is None:
        return "none"
    number, is_excluded = limit
    return f"{number * bound.sign}{' excluded' if is_excluded else ''}"
