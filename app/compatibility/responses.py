"""Compares the responses of an operation: statuses, headers, bodies and links."""

from collections.abc import Iterator

from app.compatibility.change import Change, ChangeKind, PayloadDirection, compare_members, report_addition, report_removal
from app.compatibility.documents import DocumentNode
from app.compatibility.media_types import compare_media_types
from app.compatibility.resolved_schema import schema_in
from app.compatibility.schema_comparison import SchemaComparison


def compare_responses(old: DocumentNode, new: DocumentNode, operation: str, schemas: SchemaComparison) -> Iterator[Change]:
    """`old` and `new` are operations; `schemas` compares in the direction in which the responses travel.

    A new success status is breaking, since a client may not handle it. Every client has to handle failures, so a new or
    removed failure status is additive.
    """
    before, after = _responses_of(old), _responses_of(new)

    def on_removed(status: str) -> Change:
        kind = ChangeKind.ADDITIVE if _is_failure(status) else ChangeKind.BREAKING
        return report_removal(
            "response-status-removed", old.pointer_to("responses", status), operation, f"{status} is gone", kind
        )

    def on_added(status: str) -> Change:
        is_expected = _is_failure(status) or schemas.direction is PayloadDirection.REQUEST
        kind = ChangeKind.ADDITIVE if is_expected else ChangeKind.BREAKING
        return report_addition("response-status-added", new.pointer_to("responses", status), operation, f"{status} is new", kind)

    def on_both(status: str) -> Iterator[Change]:
        where = f"{operation} {status}"
        yield from compare_media_types(before[status], after[status], where, schemas)
        yield from _compare_headers(before[status], after[status], where, schemas)
        yield from _compare_links(before[status], after[status], where)

    yield from compare_members(before, after, on_removed, on_added, on_both)


def _responses_of(operation: DocumentNode) -> dict[str, DocumentNode]:
    found = operation.children_by_name("responses")
    return {status: each.follow_references() for status, each in found.items() if not status.startswith("x-")}


def _compare_headers(old: DocumentNode, new: DocumentNode, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    before, after = ({name.lower(): (name, header) for name, header in each.members("headers").items()} for each in (old, new))

    def on_removed(name: str) -> Change:
        written, _ = before[name]
        return report_removal("response-header-removed", old.pointer_to("headers", written), where, f"header {written} is gone")

    def on_added(name: str) -> Change:
        written, _ = after[name]
        return report_addition("response-header-added", new.pointer_to("headers", written), where, f"header {written} is new")

    def on_both(name: str) -> Iterator[Change]:
        (_, old_header), (written, new_header) = before[name], after[name]
        yield from _compare_header(written, old_header, new_header, where, schemas)

    yield from compare_members(before, after, on_removed, on_added, on_both)


def _compare_header(name: str, old: DocumentNode, new: DocumentNode, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    is_required = bool(new.get("required"))
    if bool(old.get("required")) != is_required:
        text = f"header {name} {'is always sent' if is_required else 'may be missing'} now"
        kind = ChangeKind.ADDITIVE if is_required else ChangeKind.BREAKING
        yield Change(kind, "response-header-required", new.pointer, (where,), text)
    yield from schemas.compare(schema_in(old, "schema"), schema_in(new, "schema"), f"{where}, header {name}")


def _compare_links(old: DocumentNode, new: DocumentNode, where: str) -> Iterator[Change]:
    before, after = old.members("links"), new.members("links")

    def on_removed(name: str) -> Change:
        return report_removal("link-removed", old.pointer_to("links", name), where, f"link {name} is gone")

    def on_added(name: str) -> Change:
        return report_addition("link-added", new.pointer_to("links", name), where, f"link {name} is new")

    def on_both(name: str) -> Iterator[Change]:
        link, changed = before[name], after[name]
        if any(link.get(each) != changed.get(each) for each in ("operationId", "operationRef", "parameters", "requestBody")):
            yield Change(ChangeKind.BREAKING, "link-changed", changed.pointer, (where,), f"link {name} leads somewhere else")

    yield from compare_members(before, after, on_removed, on_added, on_both)


def _is_failure(status: str) -> bool:
    return not status.startswith(("1", "2", "3"))
