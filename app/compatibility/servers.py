"""Compares the addresses at which operations are served."""

from collections.abc import Iterator
from typing import Final

from app.compatibility.change import Change, report_addition, report_removal
from app.compatibility.documents import DocumentNode

OperationPlace = tuple[DocumentNode, DocumentNode]
"""A path item, and one of its operations."""
DEFAULT_SERVER: Final = "/"
"""The server of a document that names none, by the OpenAPI specification."""


def compare_servers(old: DocumentNode, new: DocumentNode) -> Iterator[Change]:
    """`old` and `new` are the documents."""
    yield from _compare_urls(old, new, new.pointer_to("servers"), "servers")


def compare_own_servers(old: OperationPlace, new: OperationPlace, where: str) -> Iterator[Change]:
    """Servers of a path item or an operation replace those of the document."""
    if any("servers" in each.fields for each in (*old, *new)):
        yield from _compare_urls(_owner_of_servers(old), _owner_of_servers(new), new[1].pointer_to("servers"), where)


def _compare_urls(old: DocumentNode, new: DocumentNode, place: str, where: str) -> Iterator[Change]:
    before, after = _urls(old), _urls(new)
    removed_urls = (url for url in before or [DEFAULT_SERVER] if url not in (after or [DEFAULT_SERVER]))
    yield from (report_removal("server-removed", place, where, f"{url} is gone") for url in removed_urls)
    added_urls = (url for url in after if url not in (before or [DEFAULT_SERVER]))
    yield from (report_addition("server-added", place, where, f"{url} is new") for url in added_urls)


def _owner_of_servers(place: OperationPlace) -> DocumentNode:
    """The operation, path item or document whose servers apply to the operation."""
    item, operation = place
    return next((each for each in (operation, item) if "servers" in each.fields), operation.document.root)


def _urls(owner: DocumentNode) -> list[str]:
    return list(dict.fromkeys(each.string("url") for each in owner.children("servers")))
