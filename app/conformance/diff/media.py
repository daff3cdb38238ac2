"""What happened to the media types of a body, and to the schema of each."""

from collections.abc import Iterator

from app.conformance.diff.change import Change, Direction, added, pairs, removed
from app.conformance.diff.documents import Node, node
from app.conformance.diff.schemas import SchemaComparison


def compare_media(old: Node, new: Node, where: str, direction: Direction) -> Iterator[Change]:
    """`old` and `new` have `content`, or none."""
    before, after = old.get("content", {}), new.get("content", {})

    def gone(name: str) -> Change:
        return removed(f"{direction}-media-type-removed", f"{old.pointer}/content", where, f"media type {name} is gone")

    def came(name: str) -> Change:
        return added(f"{direction}-media-type-added", f"{new.pointer}/content", where, f"media type {name} is new")

    def both(name: str) -> Iterator[Change]:
        ours, theirs = (_schema(each.member("content").member(name)) for each in (old, new))
        yield from SchemaComparison(direction, where).compare(ours, theirs)

    yield from pairs(before, after, gone, came, both)


def _schema(media_type: Node) -> Node:
    return node(media_type.document, media_type.get("schema", {}), f"{media_type.pointer}/schema")
