"""What happened to the addresses at which operations are served."""

from collections.abc import Iterator
from typing import Final

from app.compatibility.change import Change, added, removed
from app.compatibility.documents import Node

Place = tuple[Node, Node]
"""A path item, and one of its operations."""
UNSAID: Final = "/"
"""The only server where none is named; that nobody names it any longer is nothing new."""


def compare_servers(old: Node, new: Node) -> Iterator[Change]:
    """`old` and `new` are the documents."""
    yield from _compared(old, new, new.place("servers"), "servers")


def compare_own_servers(old: Place, new: Place, where: str) -> Iterator[Change]:
    """Where a path or an operation names servers, those of the document do not hold for it."""
    if any("servers" in each.fields for each in (*old, *new)):
        yield from _compared(_owner(old), _owner(new), new[1].place("servers"), where)


def _compared(old: Node, new: Node, place: str, where: str) -> Iterator[Change]:
    before, after = _urls(old), _urls(new)
    gone = (url for url in before or [UNSAID] if url not in (after or [UNSAID]))
    yield from (removed("server-removed", place, where, f"{url} is gone") for url in gone)
    came = (url for url in after if url not in (before or [UNSAID]))
    yield from (added("server-added", place, where, f"{url} is new") for url in came)


def _owner(place: Place) -> Node:
    """Whose servers hold for an operation."""
    item, operation = place
    return next((each for each in (operation, item) if "servers" in each.fields), operation.document.whole)


def _urls(owner: Node) -> list[str]:
    return list(dict.fromkeys(each.text("url") for each in owner.children("servers")))
