"""The operations of the contract, grouped by tag for the page that lists them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from app.contract.document import Contract
from app.contract.operations import each_operation


@dataclass(frozen=True, slots=True)
class ListedOperation:
    """`scope` is None if the operation needs no token."""

    method: str
    path: str
    operation_id: str
    summary: str
    scope: str | None


def operations_by_tag(contract: Contract) -> Mapping[str, list[ListedOperation]]:
    """Tags and their operations, both in the order of the document."""
    listed: defaultdict[str, list[ListedOperation]] = defaultdict(list)
    for path, method, declared in each_operation(contract.document):
        operation = contract.operations[declared["operationId"]]
        listed[operation.tag].append(
            ListedOperation(method.upper(), f"/v1{path}", operation.operation_id, declared.get("summary", ""), operation.scope)
        )
    tags = [tag["name"] for tag in contract.document["tags"]]
    return {tag: listed[tag] for tag in tags if tag in listed}
