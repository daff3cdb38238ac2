"""What happened to the answers of an operation: statuses, headers, bodies and links."""

from collections.abc import Iterator

from app.conformance.diff.change import Change, Direction, Kind, added, pairs, removed
from app.conformance.diff.documents import Node
from app.conformance.diff.media import compare_media
from app.conformance.diff.schemas import SchemaComparison


def compare_responses(old: Node, new: Node, operation: str, direction: Direction) -> Iterator[Change]:
    """`old` and `new` are operations; `direction` is how the answers travel for those who rely on the document.

    A client may have no answer for a new success, and always needs one for a failure; so new failures are no break.
    """
    before, after = old.get("responses", {}), new.get("responses", {})

    def gone(status: str) -> Change:
        kind = Kind.ADDITIVE if _is_failure(status) else Kind.BREAKING
        return removed("response-status-removed", f"{old.pointer}/responses/{status}", operation, f"{status} is gone", kind)

    def came(status: str) -> Change:
        kind = Kind.ADDITIVE if _is_failure(status) or direction is Direction.REQUEST else Kind.BREAKING
        return added("response-status-added", f"{new.pointer}/responses/{status}", operation, f"{status} is new", kind)

    def both(status: str) -> Iterator[Change]:
        ours, theirs = (each.member("responses").member(status) for each in (old, new))
        where = f"{operation} {status}"
        yield from compare_media(ours, theirs, where, direction)
        yield from _headers(ours, theirs, where, direction)
        yield from _links(ours, theirs, where)

    yield from pairs(
        {str(key): each for key, each in before.items()}, {str(key): each for key, each in after.items()}, gone, came, both
    )


def _headers(old: Node, new: Node, where: str, direction: Direction) -> Iterator[Change]:
    before, after = ({name.lower(): name for name in each.get("headers", {})} for each in (old, new))

    def gone(name: str) -> Change:
        return removed(
            "response-header-removed", f"{old.pointer}/headers/{before[name]}", where, f"header {before[name]} is gone"
        )

    def came(name: str) -> Change:
        return added("response-header-added", f"{new.pointer}/headers/{after[name]}", where, f"header {after[name]} is new")

    def both(name: str) -> Iterator[Change]:
        ours, theirs = old.member("headers").member(before[name]), new.member("headers").member(after[name])
        if bool(ours.get("required")) != bool(theirs.get("required")):
            is_required = bool(theirs.get("required"))
            text = f"header {after[name]} {'is always sent' if is_required else 'may be missing'} now"
            kind = Kind.ADDITIVE if is_required else Kind.BREAKING
            yield Change(kind, "response-header-required", theirs.pointer, (where,), text)
        if "schema" in ours.value and "schema" in theirs.value:
            comparison = SchemaComparison(direction, f"{where}, header {after[name]}")
            yield from comparison.compare(ours.member("schema"), theirs.member("schema"))

    yield from pairs(dict(before), dict(after), gone, came, both)


def _links(old: Node, new: Node, where: str) -> Iterator[Change]:
    def gone(name: str) -> Change:
        return removed("link-removed", f"{old.pointer}/links/{name}", where, f"link {name} is gone")

    def came(name: str) -> Change:
        return added("link-added", f"{new.pointer}/links/{name}", where, f"link {name} is new")

    def both(name: str) -> Iterator[Change]:
        ours, theirs = (each.member("links").member(name) for each in (old, new))
        if any(ours.get(each) != theirs.get(each) for each in ("operationId", "operationRef", "parameters", "requestBody")):
            yield Change(Kind.BREAKING, "link-changed", theirs.pointer, (where,), f"link {name} leads somewhere else")

    yield from pairs(old.get("links", {}), new.get("links", {}), gone, came, both)


def _is_failure(status: str) -> bool:
    return not status.startswith(("1", "2", "3"))
