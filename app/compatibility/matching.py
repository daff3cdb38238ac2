"""Which schemas of two lists go together, such as the alternatives of an `anyOf` before and after."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from app.compatibility.schema import Conjunction, Schema, nothing


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two schemas of which the second takes the place of the first. Told from other pairs by its key, or by being another one."""

    old: Schema
    new: Schema

    @property
    def key(self) -> tuple[str, str]:
        return (self.old.key, self.new.key)

    @property
    def is_component(self) -> bool:
        """Both are the component of one name."""
        return self.old.is_component and self.old.pointer == self.new.pointer

    @property
    def has_parts(self) -> bool:
        return bool(self.old.parts or self.new.parts)


@dataclass(frozen=True, slots=True)
class Matching:
    """Schemas that go together, and those of the first and of the second list that are left."""

    pairs: list[Pair]
    gone: list[Schema]
    more: list[Schema]

    @property
    def is_complete(self) -> bool:
        return not self.gone and not self.more


def matched(before: Sequence[Schema], after: Sequence[Schema], go_together: Callable[[Pair], bool]) -> Matching:
    """Several may go together with one."""
    pairs, gone = [], []
    for old in before:
        candidates = (Pair(old, new) for new in sorted(after, key=lambda each: each.pointer != old.pointer))
        if pair := next(filter(go_together, candidates), None):
            pairs.append(pair)
        else:
            gone.append(old)
    taken = {pair.new.key for pair in pairs}
    left = (new for new in after if new.key not in taken)
    return Matching(pairs, gone, [new for new in left if not any(go_together(Pair(old, new)) for old in before)])


def abreast(before: Conjunction, after: Conjunction, pointer: str) -> Iterator[Pair]:
    """Schemas of one place, then the others in their order; one that is left alone is compared with nothing."""
    ours, theirs = ({each.pointer: each for each in reversed(schemas)} for schemas in (before, after))
    found = [Pair(old, theirs[place]) for place, old in reversed(ours.items()) if place in theirs]
    alone = [each for each in before if each.key not in {pair.old.key for pair in found}]
    left = [each for each in after if each.key not in {pair.new.key for pair in found}]
    yield from found
    yield from (Pair(old, new) for old, new in zip_longest(alone, left, fillvalue=nothing(pointer)))


def aligned(
    before: Sequence[Sequence[Schema]], after: Sequence[Sequence[Schema]], go_together: Callable[[Pair], bool]
) -> list[tuple[Sequence[Schema], Sequence[Schema]]]:
    """Lists whose schemas all go together, then the others in their order; an empty one for each that is left alone."""
    found: list[tuple[Sequence[Schema], Sequence[Schema]]] = []
    alone, left = [], list(after)
    for old in before:
        index = next((i for i, new in enumerate(left) if matched(old, new, go_together).is_complete), None)
        if index is None:
            alone.append(old)
        else:
            found.append((old, left.pop(index)))
    return found + list(zip_longest(alone, left, fillvalue=()))
