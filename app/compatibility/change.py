"""A difference between two documents, and whether it breaks those who relied on the first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Whether somebody who kept to the old document still gets what it promised."""

    BREAKING = "breaking"
    ADDITIVE = "additive"


class Effect(StrEnum):
    """What happened to the set of values that a schema admits; CHANGED where it cannot be told."""

    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed"


class Direction(StrEnum):
    """Which way the value travels: a client writes requests, so they may not be narrowed; it reads responses."""

    REQUEST = "request"
    RESPONSE = "response"

    def kind_of(self, effect: Effect) -> Kind:
        harmless = Effect.WIDENED if self is Direction.REQUEST else Effect.NARROWED
        return Kind.ADDITIVE if effect is harmless else Kind.BREAKING


@dataclass(frozen=True, slots=True)
class Change:
    """`place` is a JSON Pointer into the newer document, or into the older one for what was removed.

    `where` says which part of which operations is meant, such as `POST /payments request`; `text` says what happened to it.
    """

    kind: Kind
    rule: str
    place: str
    where: tuple[str, ...]
    text: str


def removed(rule: str, place: str, where: str, text: str, kind: Kind = Kind.BREAKING) -> Change:
    return Change(kind, rule, place, (where,), text)


def added(rule: str, place: str, where: str, text: str, kind: Kind = Kind.ADDITIVE) -> Change:
    return Change(kind, rule, place, (where,), text)


def judged(direction: Direction, effect: Effect, rule: str, place: str, text: str) -> Change:
    """What happened to a schema; which operations it happens to is said later."""
    return Change(direction.kind_of(effect), f"{direction}-{rule}", place, (), text)


def grouped(changes: Iterable[Change]) -> list[Change]:
    """Breaking ones first; what happened at one place to many operations is one change."""
    found: dict[tuple[Kind, str, str, str], dict[str, None]] = {}
    for each in changes:
        found.setdefault((each.kind, each.rule, each.place, each.text), {}).update(dict.fromkeys(each.where))
    ordered = sorted(found.items(), key=lambda item: item[0][0] is not Kind.BREAKING)
    return [Change(kind, rule, place, tuple(where), text) for (kind, rule, place, text), where in ordered]


def pairs(
    old: dict[str, Any],
    new: dict[str, Any],
    on_removed: Callable[[str], Change],
    on_added: Callable[[str], Change],
    on_both: Callable[[str], Iterable[Change]],
) -> Iterator[Change]:
    """What there is to say of each name in either mapping."""
    yield from (on_removed(name) for name in old if name not in new)
    yield from (on_added(name) for name in new if name not in old)
    for name in old:
        if name in new:
            yield from on_both(name)
