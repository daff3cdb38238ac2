"""Which schemas of two lists go together, such as the alternatives of an `anyOf` before and after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.conformance.diff.schema import Schema


@dataclass(frozen=True, slots=True)
class Pair:
    """Two schemas of which the second takes the place of the first."""

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


def aligned(
    before: Sequence[Sequence[Schema]], after: Sequence[Sequence[Schema]], go_together: Callable[[Pair], bool]
) -> list[tuple[Sequence[Schema], Sequence[Schema]]]:
    """Lists whose schemas all go together, then the others in their order; an empty one for each that is left alone."""
    found, alone, left = [], [], list(after)
    for old in before:
        index = next((i for i, new in enumerate(left) if matched(old, new, go_together).is_complete), None)
        if index is None:
            alone.append(old)
        else:
            found.append((old, left.pop(index)))
    length = max(len(alone), len(left))
    pad: list[Sequence[Schema]] = [()] * length
    return found + list(zip((alone + pad)[:length], (left + pad)[:length], strict=True))
