"""Changes are listed in the order of the document, breaking ones first, and merged if they differ only in the operation."""

from copy import deepcopy

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from tests.unit.compatibility.documents import ANSWER, DOCUMENT, ITEM, with_change


def test_changes_are_reported_in_the_order_of_the_document() -> None:
    properties = {f"field{number}": {"type": "string"} for number in range(9, 0, -1)}
    new = with_change(f"{ANSWER}/properties", {**DOCUMENT["components"]["schemas"]["Answer"]["properties"], **properties})
    assert [each.place for each in diff(DOCUMENT, new)] == [f"{ANSWER}/properties/{name}" for name in properties]


def test_breaking_changes_come_first_and_a_shared_schema_is_reported_once() -> None:
    new = with_change(f"{ITEM}/properties/name/maxLength", 8)
    new["components"]["schemas"]["Item"]["properties"]["more"] = {}
    new["paths"]["/copies"] = {"post": {**new["paths"]["/items"]["post"], "operationId": "postCopy"}}
    old = deepcopy(DOCUMENT)
    old["paths"]["/copies"] = {"post": {**old["paths"]["/items"]["post"], "operationId": "postCopy"}}
    first, second = diff(old, new)
    assert (first.kind, first.rule, first.where) == (
        ChangeKind.BREAKING,
        "request-maxLength",
        ("POST /items request", "POST /copies request"),
    )
    assert second.rule == "request-property-added"
