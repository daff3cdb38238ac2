"""Compares two OpenAPI documents, part by part."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.conformance.diff.change import Change, Direction, Kind, added, grouped, pairs, removed
from app.conformance.diff.documents import Node, escaped
from app.conformance.diff.parameters import compare_bodies, compare_parameters, parameters_of
from app.conformance.diff.responses import compare_responses
from app.conformance.diff.security import compare_schemes, compare_security

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What changed from `old` to `new`, breaking changes first. Raises DocumentUnreadable where a reference leads nowhere.

    Words and examples are not compared. Paths are compared as they are written.
    """
    before, after = Node(old, old, ""), Node(new, new, "")
    return grouped(
        (
            *_servers(before, after),
            *compare_schemes(before, after),
            *_operations(before, after, "paths"),
            *_operations(before, after, "webhooks"),
        )
    )


def _servers(old: Node, new: Node) -> Iterator[Change]:
    before, after = ({each["url"]: each for each in document.get("servers", ())} for document in (old, new))

    def gone(url: str) -> Change:
        return removed("server-removed", "/servers", "servers", f"{url} is gone")

    def came(url: str) -> Change:
        return added("server-added", "/servers", "servers", f"{url} is new")

    yield from pairs(before, after, gone, came, lambda _: ())


def _operations(old: Node, new: Node, member: str) -> Iterator[Change]:
    """Every method of every path, or every webhook."""
    before, after = _found(old, member), _found(new, member)

    def gone(name: str) -> Change:
        return removed("operation-removed", before[name][1].pointer, name, "the operation is gone")

    def came(name: str) -> Change:
        return added("operation-added", after[name][1].pointer, name, "the operation is new")

    compare = _webhook if member == "webhooks" else _operation
    yield from pairs(dict(before), dict(after), gone, came, lambda name: compare(before[name], after[name], name))


Place = tuple[Node, Node]
"""A path item, and one of its operations."""


def _found(document: Node, member: str) -> dict[str, Place]:
    if member not in document.value:
        return {}
    items = document.member(member)
    return {
        f"{method.upper()} {name}": (item, Node(item.document, item.value[method], f"{item.pointer}/{escaped(method)}"))
        for name, item in ((name, items.member(name)) for name in items.value)
        for method in METHODS
        if method in item.value
    }


def _operation(old: Place, new: Place, name: str) -> Iterator[Change]:
    (_, before), (_, after) = old, new
    if before.get("operationId") != after.get("operationId"):
        text = f"operationId {before.get('operationId')} became {after.get('operationId')}"
        yield Change(Kind.BREAKING, "operation-id", after.pointer, (name,), text)
    if after.get("deprecated") and not before.get("deprecated"):
        yield added("operation-deprecated", after.pointer, name, "the operation is deprecated")
    yield from compare_security(before, after, name)
    yield from compare_parameters(parameters_of(*old), parameters_of(*new), name)
    yield from compare_bodies(before, after, name, Direction.REQUEST)
    yield from compare_responses(before, after, name, Direction.RESPONSE)


def _webhook(old: Place, new: Place, name: str) -> Iterator[Change]:
    """Those who rely on the document receive the request here, and write the response."""
    (_, before), (_, after) = old, new
    yield from compare_bodies(before, after, f"webhook {name}", Direction.RESPONSE)
    yield from compare_responses(before, after, f"webhook {name}", Direction.REQUEST)
