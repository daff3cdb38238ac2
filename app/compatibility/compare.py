"""Compares two OpenAPI documents part by part: servers, security, operations, webhooks and callbacks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.compatibility.change import (
    Change,
    ChangeKind,
    PayloadDirection,
    compare_members,
    group_changes,
    report_addition,
    report_removal,
)
from app.compatibility.documents import DocumentNode, document_root
from app.compatibility.parameters import compare_bodies, compare_parameters, parameters_of
from app.compatibility.responses import compare_responses
from app.compatibility.schema_comparison import SchemaComparison
from app.compatibility.security import compare_schemes, compare_security
from app.compatibility.servers import OperationPlace, compare_own_servers, compare_servers

OPERATION_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What changed from `old` to `new`, breaking changes first. Raises DocumentUnreadable when either is malformed.

    Descriptions, summaries and examples are not compared. Paths are matched by their exact text, parameter names included.
    """
    before, after = document_root(old, "the older document"), document_root(new, "the newer document")
    operations = OperationComparison(SchemaComparison(PayloadDirection.REQUEST), SchemaComparison(PayloadDirection.RESPONSE))
    return group_changes(
        (
            *compare_servers(before, after),
            *compare_schemes(before, after),
            *_compare_all(_operations_in(before, "paths"), _operations_in(after, "paths"), "operation", operations.compare_call),
            *_compare_all(
                _operations_in(before, "webhooks"), _operations_in(after, "webhooks"), "operation", operations.compare_webhook
            ),
        )
    )


Comparer = Callable[[OperationPlace, OperationPlace, str], Iterator[Change]]


@dataclass(frozen=True, slots=True)
class OperationComparison:
    """Compares operations. `written` and `read` compare the schemas of what clients write and of what clients read."""

    written: SchemaComparison
    read: SchemaComparison

    def compare_call(self, old: OperationPlace, new: OperationPlace, name: str) -> Iterator[Change]:
        """An operation that clients call: they write the request and read the response."""
        (_, before), (_, after) = old, new
        if before.get("operationId") != after.get("operationId"):
            text = f"operationId {before.get('operationId')} became {after.get('operationId')}"
            yield Change(ChangeKind.BREAKING, "operation-id", after.pointer, (name,), text)
        yield from _compare_deprecation(before, after, name)
        yield from compare_own_servers(old, new, name)
        yield from compare_security(before, after, name)
        yield from compare_parameters(parameters_of(*old), parameters_of(*new), name, self.written)
        yield from compare_bodies(before, after, name, self.written)
        yield from compare_responses(before, after, name, self.read)
        yield from _compare_all(_callbacks_of(before, name), _callbacks_of(after, name), "callback", self._compare_delivery)

    def compare_webhook(self, old: OperationPlace, new: OperationPlace, name: str) -> Iterator[Change]:
        yield from self._compare_delivery(old, new, f"webhook {name}")

    def _compare_delivery(self, old: OperationPlace, new: OperationPlace, name: str) -> Iterator[Change]:
        """A webhook or callback, which the server calls: clients read the request and write the response."""
        (_, before), (_, after) = old, new
        yield from _compare_deprecation(before, after, name)
        yield from compare_parameters(parameters_of(*old), parameters_of(*new), name, self.read)
        yield from compare_bodies(before, after, name, self.read)
        yield from compare_responses(before, after, name, self.written)


def _compare_all(
    old: dict[str, OperationPlace], new: dict[str, OperationPlace], noun: str, compare: Comparer
) -> Iterator[Change]:
    def on_removed(name: str) -> Change:
        return report_removal(f"{noun}-removed", old[name][1].pointer, name, f"the {noun} is gone")

    def on_added(name: str) -> Change:
        return report_addition(f"{noun}-added", new[name][1].pointer, name, f"the {noun} is new")

    yield from compare_members(old, new, on_removed, on_added, lambda name: compare(old[name], new[name], name))


def _operations_in(root: DocumentNode, member: str) -> dict[str, OperationPlace]:
    return _operations_of(root.children_by_name(member))


def _operations_of(items: dict[str, DocumentNode]) -> dict[str, OperationPlace]:
    """Every operation of these path items, by method and path. `x-` members that are no objects are extensions, not items."""
    written = {name: item for name, item in items.items() if isinstance(item.value, dict) or not name.startswith("x-")}
    resolved = [(name, item.follow_references()) for name, item in written.items()]
    return {
        f"{method.upper()} {name}": (item, item.child(method))
        for name, item in resolved
        for method in OPERATION_METHODS
        if method in item.fields
    }


def _callbacks_of(operation: DocumentNode, name: str) -> dict[str, OperationPlace]:
    """Every operation of every callback, by the operation it belongs to, its name, method and address expression."""
    return {
        f"{name} callback {callback} {method_and_address}": place
        for callback, addresses in operation.members("callbacks").items()
        for method_and_address, place in _operations_of(
            {address: addresses.child(address) for address in addresses.fields}
        ).items()
    }


def _compare_deprecation(old: DocumentNode, new: DocumentNode, name: str) -> Iterator[Change]:
    if new.get("deprecated") and not old.get("deprecated"):
        yield report_addition("operation-deprecated", new.pointer, name, "the operation is deprecated")
