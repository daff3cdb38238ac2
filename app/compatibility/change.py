"""A difference between two OpenAPI documents, and whether it breaks anybody who relied on the older one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """BREAKING when somebody who kept to the older document may no longer get what it promised, else ADDITIVE."""

    BREAKING = "breaking"
    ADDITIVE = "additive"


class Effect(StrEnum):
    """How the set of values that a schema admits changed. CHANGED is used when this cannot be decided."""

    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed"


class PayloadDirection(StrEnum):
    """The way a value travels. Clients write requests, so those may not be narrowed; clients read responses, so those may
    not be widened.
    """

    REQUEST = "request"
    RESPONSE = "response"

    def kind_of(self, effect: Effect) -> ChangeKind:
        harmless = Effect.WIDENED if self is PayloadDirection.REQUEST else Effect.NARROWED
        return ChangeKind.ADDITIVE if effect is harmless else ChangeKind.BREAKING


@dataclass(frozen=True, slots=True)
class Change:
    """`place` is a JSON Pointer into the newer document, or into the older one when something was removed.

    `where` names the affected part of each operation, such as `POST /payments request`; `text` describes the change.
    """

    kind: ChangeKind
    rule: str
    place: str
    where: tuple[str, ...]
    text: str


def report_removal(rule: str, place: str, where: str, text: str, kind: ChangeKind = ChangeKind.BREAKING) -> Change:
    return Change(kind, rule, place, (where,), text)


def report_addition(rule: str, place: str, where: str, text: str, kind: ChangeKind = ChangeKind.ADDITIVE) -> Change:
    return Change(kind, rule, place, (where,), text)


def report_schema_change(direction: PayloadDirection, effect: Effect, rule: str, place: str, text: str) -> Change:
    """`where` stays empty: schemas are compared once, and the operations that use them are filled in afterwards."""
    return Change(direction.kind_of(effect), f"{direction}-{rule}", place, (), text)


def group_changes(changes: Iterable[Change]) -> list[Change]:
    """Merges changes that differ only in `where` into one, and puts breaking changes first."""
    found: dict[tuple[ChangeKind, str, str, str], dict[str, None]] = {}
    for each in changes:
        found.setdefault((each.kind, each.rule, each.place, each.text), {}).update(dict.fromkeys(each.where))
    ordered = sorted(found.items(), key=lambda item: item[0][0] is not ChangeKind.BREAKING)
    return [Change(kind, rule, place, tuple(where), text) for (kind, rule, place, text), where in ordered]


def compare_members(
    old: dict[str, Any],
    new: dict[str, Any],
    on_removed: Callable[[str], Change],
    on_added: Callable[[str], Change],
    on_both: Callable[[str], Iterable[Change]],
) -> Iterator[Change]:
    """Calls one of the functions for each name that is in `old` only, in `new` only, or in both."""
    yield from (on_removed(name) for name in old if name not in new)
    yield from (on_added(name) for name in new if name not in old)
    for name in old:
        if name in new:
            yield from on_both(name)
