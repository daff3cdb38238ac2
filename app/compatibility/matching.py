"""Pairs the schemas of two lists that correspond to each other, such as the alternatives of an `anyOf` before and after."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from app.compatibility.resolved_schema import Conjunction, ResolvedSchema, unrestricted_schema


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two schemas of which the second takes the place of the first. Compared by identity; `key` says what is in it."""

    old: ResolvedSchema
    new: ResolvedSchema

    @property
    def key(self) -> tuple[str, str]:
        return (self.old.key, self.new.key)

    @property
    def is_component(self) -> bool:
        """Whether both are the component of the same name."""
        return self.old.is_component and self.old.pointer == self.new.pointer

    @property
    def has_parts(self) -> bool:
        return bool(self.old.parts or self.new.parts)


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs of corresponding schemas; `removed` and `added` are the schemas of the two lists that have no counterpart."""

    pairs: list[Pair]
    removed: list[ResolvedSchema]
    added: list[ResolvedSchema]

    @property
    def is_complete(self) -> bool:
        return not self.removed and not self.added


def match_schemas(
    before: Sequence[ResolvedSchema], after: Sequence[ResolvedSchema], correspond: Callable[[Pair], bool]
) -> Matching:
    """Several schemas of `before` may be paired with the same one of `after`."""
    pairs, removed = [], []
    for old in before:
        candidates = (Pair(old, new) for new in sorted(after, key=lambda each: each.pointer != old.pointer))
        if pair := next(filter(correspond, candidates), None):
            pairs.append(pair)
        else:
            removed.append(old)
    taken = {pair.new.key for pair in pairs}
    left = (new for new in after if new.key not in taken)
    return Matching(pairs, removed, [new for new in left if not any(correspond(Pair(old, new)) for old in before)])


def pair_by_place(before: Conjunction, after: Conjunction, pointer: str) -> Iterator[Pair]:
    """Pairs schemas with the same pointer, then the rest in order; one without a counterpart gets the unrestricted schema."""
    old_by_pointer, new_by_pointer = ({each.pointer: each for each in reversed(schemas)} for schemas in (before, after))
    found = [Pair(old, new_by_pointer[place]) for place, old in reversed(old_by_pointer.items()) if place in new_by_pointer]
    old_left = [each for each in before if each.key not in {pair.old.key for pair in found}]
    new_left = [each for each in after if each.key not in {pair.new.key for pair in found}]
    yield from found
    yield from (Pair(old, new) for old, new in zip_longest(old_left, new_left, fillvalue=unrestricted_schema(pointer)))


def align_lists(
    before: Sequence[Sequence[ResolvedSchema]], after: Sequence[Sequence[ResolvedSchema]], correspond: Callable[[Pair], bool]
) -> list[tuple[Sequence[ResolvedSchema], Sequence[ResolvedSchema]]]:
    """Pairs lists whose schemas all correspond, then the rest in order; one without a counterpart gets an empty list."""
    found: list[tuple[Sequence[ResolvedSchema], Sequence[ResolvedSchema]]] = []
    old_left, new_left = [], list(after)
    for old in before:
        index = next((i for i, new in enumerate(new_left) if match_schemas(old, new, correspond).is_complete), None)
        if index is None:
            old_left.append(old)
        else:
            found.append((old, new_left.pop(index)))
    return found + list(zip_longest(old_left, new_left, fillvalue=()))
