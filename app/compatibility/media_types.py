"""Compares the media types of a body, and the schema of each."""

from collections.abc import Iterator

from app.compatibility.change import Change, compare_members, report_addition, report_removal
from app.compatibility.documents import DocumentNode
from app.compatibility.resolved_schema import schema_in
from app.compatibility.schema_comparison import SchemaComparison


def compare_media_types(old: DocumentNode, new: DocumentNode, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    """`old` and `new` may have a `content` member.

    A new media type of a response is additive: clients choose with Accept, and those that accept the older one still get it.
    """
    before, after = old.members("content"), new.members("content")

    def on_removed(name: str) -> Change:
        rule = f"{schemas.direction}-media-type-removed"
        return report_removal(rule, before[name].pointer, where, f"media type {name} is gone")

    def on_added(name: str) -> Change:
        return report_addition(f"{schemas.direction}-media-type-added", after[name].pointer, where, f"media type {name} is new")

    def on_both(name: str) -> Iterator[Change]:
        yield from schemas.compare(schema_in(before[name], "schema"), schema_in(after[name], "schema"), where)

    yield from compare_members(before, after, on_removed, on_added, on_both)
