"""What happened to the media types of a body, and to the schema of each."""

from collections.abc import Iterator

from app.compatibility.change import Change, added, pairs, removed
from app.compatibility.documents import Node
from app.compatibility.schema import schema_in
from app.compatibility.schemas import SchemaComparison


def compare_media(old: Node, new: Node, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    """`old` and `new` have `content`, or none. A new media type of an answer breaks nobody: who asks for another gets that."""
    before, after = old.members("content"), new.members("content")

    def gone(name: str) -> Change:
        rule = f"{schemas.direction}-media-type-removed"
        return removed(rule, before[name].pointer, where, f"media type {name} is gone")

    def came(name: str) -> Change:
        return added(f"{schemas.direction}-media-type-added", after[name].pointer, where, f"media type {name} is new")

    def both(name: str) -> Iterator[Change]:
        yield from schemas.compare(schema_in(before[name], "schema"), schema_in(after[name], "schema"), where)

    yield from pairs(before, after, gone, came, both)
