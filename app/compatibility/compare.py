"""Compares two OpenAPI documents, part by part."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.compatibility.change import Change, Direction, Kind, added, grouped, pairs, removed
from app.compatibility.documents import Node, root_of
from app.compatibility.parameters import compare_bodies, compare_parameters, parameters_of
from app.compatibility.responses import compare_responses
from app.compatibility.schemas import SchemaComparison
from app.compatibility.security import compare_schemes, compare_security
from app.compatibility.servers import Place, compare_own_servers, compare_servers

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What changed from `old` to `new`, breaking changes first. Raises DocumentUnreadable where one of them has no meaning.

    Words and examples are not compared. Paths are compared as they are written.
    """
    before, after = root_of(old, "the older document"), root_of(new, "the newer document")
    operations = OperationComparison(SchemaComparison(Direction.REQUEST), SchemaComparison(Direction.RESPONSE))
    return grouped(
        (
            *compare_servers(before, after),
            *compare_schemes(before, after),
            *_matched(_operations(before.named("paths")), _operations(after.named("paths")), "operation", operations.served),
            *_matched(
                _operations(before.named("webhooks")), _operations(after.named("webhooks")), "operation", operations.webhook
            ),
        )
    )


Comparer = Callable[[Place, Place, str], Iterator[Change]]


@dataclass(frozen=True, slots=True)
class OperationComparison:
    """Compares operations by what those who rely on the document write and read."""

    written: SchemaComparison
    read: SchemaComparison

    def served(self, old: Place, new: Place, name: str) -> Iterator[Change]:
        """An operation that they call."""
        (_, before), (_, after) = old, new
        if before.get("operationId") != after.get("operationId"):
            text = f"operationId {before.get('operationId')} became {after.get('operationId')}"
            yield Change(Kind.BREAKING, "operation-id", after.pointer, (name,), text)
        yield from _deprecated(before, after, name)
        yield from compare_own_servers(old, new, name)
        yield from compare_security(before, after, name)
        yield from compare_parameters(parameters_of(*old), parameters_of(*new), name, self.written)
        yield from compare_bodies(before, after, name, self.written)
        yield from compare_responses(before, after, name, self.read)
        yield from _matched(_callbacks(before, name), _callbacks(after, name), "callback", self._called_back)

    def webhook(self, old: Place, new: Place, name: str) -> Iterator[Change]:
        yield from self._called_back(old, new, f"webhook {name}")

    def _called_back(self, old: Place, new: Place, name: str) -> Iterator[Change]:
        """They receive the request here, and write the response."""
        (_, before), (_, after) = old, new
        yield from _deprecated(before, after, name)
        yield from compare_parameters(parameters_of(*old), parameters_of(*new), name, self.read)
        yield from compare_bodies(before, after, name, self.read)
        yield from compare_responses(before, after, name, self.written)


def _matched(old: dict[str, Place], new: dict[str, Place], noun: str, compare: Comparer) -> Iterator[Change]:
    def gone(name: str) -> Change:
        return removed(f"{noun}-removed", old[name][1].pointer, name, f"the {noun} is gone")

    def came(name: str) -> Change:
        return added(f"{noun}-added", new[name][1].pointer, name, f"the {noun} is new")

    yield from pairs(old, new, gone, came, lambda name: compare(old[name], new[name], name))


def _operations(items: dict[str, Node]) -> dict[str, Place]:
    """Every method of path items, some of which may be extensions of any other shape."""
    written = {name: item for name, item in items.items() if isinstance(item.value, dict) or not name.startswith("x-")}
    followed = [(name, item.followed()) for name, item in written.items()]
    return {
        f"{method.upper()} {name}": (item, item.child(method))
        for name, item in followed
        for method in METHODS
        if method in item.fields
    }


def _callbacks(operation: Node, name: str) -> dict[str, Place]:
    """Every method of every address that is called back."""
    return {
        f"{name} callback {callback} {called}": place
        for callback, addresses in operation.members("callbacks").items()
        for called, place in _operations({address: addresses.child(address) for address in addresses.fields}).items()
    }


def _deprecated(old: Node, new: Node, name: str) -> Iterator[Change]:
    if new.get("deprecated") and not old.get("deprecated"):
        yield added("operation-deprecated", new.pointer, name, "the operation is deprecated")
