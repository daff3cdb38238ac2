"""What happened to the answers of an operation: statuses, headers, bodies and links."""

from collections.abc import Iterator

from app.compatibility.change import Change, Direction, Kind, added, pairs, removed
from app.compatibility.documents import Node
from app.compatibility.media import compare_media
from app.compatibility.schema import schema_in
from app.compatibility.schemas import SchemaComparison


def compare_responses(old: Node, new: Node, operation: str, schemas: SchemaComparison) -> Iterator[Change]:
    """`old` and `new` are operations; `schemas` knows how the answers travel for those who rely on the document.

    A client may have no answer for a new success, and always needs one for a failure; so neither a new failure nor one that is
    gone is a break.
    """
    before, after = _answers(old), _answers(new)

    def gone(status: str) -> Change:
        kind = Kind.ADDITIVE if _is_failure(status) else Kind.BREAKING
        return removed("response-status-removed", old.place("responses", status), operation, f"{status} is gone", kind)

    def came(status: str) -> Change:
        is_expected = _is_failure(status) or schemas.direction is Direction.REQUEST
        kind = Kind.ADDITIVE if is_expected else Kind.BREAKING
        return added("response-status-added", new.place("responses", status), operation, f"{status} is new", kind)

    def both(status: str) -> Iterator[Change]:
        where = f"{operation} {status}"
        yield from compare_media(before[status], after[status], where, schemas)
        yield from _headers(before[status], after[status], where, schemas)
        yield from _links(before[status], after[status], where)

    yield from pairs(before, after, gone, came, both)


def _answers(operation: Node) -> dict[str, Node]:
    found = operation.named("responses")
    return {status: each.followed() for status, each in found.items() if not status.startswith("x-")}


def _headers(old: Node, new: Node, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    before, after = ({name.lower(): (name, header) for name, header in each.members("headers").items()} for each in (old, new))

    def gone(name: str) -> Change:
        written, _ = before[name]
        return removed("response-header-removed", old.place("headers", written), where, f"header {written} is gone")

    def came(name: str) -> Change:
        written, _ = after[name]
        return added("response-header-added", new.place("headers", written), where, f"header {written} is new")

    def both(name: str) -> Iterator[Change]:
        (_, ours), (written, theirs) = before[name], after[name]
        yield from _header(written, ours, theirs, where, schemas)

    yield from pairs(before, after, gone, came, both)


def _header(name: str, old: Node, new: Node, where: str, schemas: SchemaComparison) -> Iterator[Change]:
    is_required = bool(new.get("required"))
    if bool(old.get("required")) != is_required:
        text = f"header {name} {'is always sent' if is_required else 'may be missing'} now"
        kind = Kind.ADDITIVE if is_required else Kind.BREAKING
        yield Change(kind, "response-header-required", new.pointer, (where,), text)
    yield from schemas.compare(schema_in(old, "schema"), schema_in(new, "schema"), f"{where}, header {name}")


def _links(old: Node, new: Node, where: str) -> Iterator[Change]:
    before, after = old.members("links"), new.members("links")

    def gone(name: str) -> Change:
        return removed("link-removed", old.place("links", name), where, f"link {name} is gone")

    def came(name: str) -> Change:
        return added("link-added", new.place("links", name), where, f"link {name} is new")

    def both(name: str) -> Iterator[Change]:
        ours, theirs = before[name], after[name]
        if any(ours.get(each) != theirs.get(each) for each in ("operationId", "operationRef", "parameters", "requestBody")):
            yield Change(Kind.BREAKING, "link-changed", theirs.pointer, (where,), f"link {name} leads somewhere else")

    yield from pairs(before, after, gone, came, both)


def _is_failure(status: str) -> bool:
    return not status.startswith(("1", "2", "3"))
