"""An operation compiled from its description in the document: what it asks for, takes and answers."""

from typing import Any

import pytest

from app import limits
from app.contract.document import Contract
from app.contract.operations import OperationContract, each_operation, follow_reference, operations_of

SCHEMAS: dict[str, Any] = {
    "Item": {
        "type": "object",
        "properties": {"item_id": {"$ref": "#/components/schemas/Uuid"}, "made_on": {"type": "string", "format": "date"}},
        "required": ["item_id"],
    },
    "Uuid": {"type": "string", "format": "uuid"},
}
ANSWER = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}}
READ: dict[str, Any] = {
    "operationId": "getItem",
    "tags": ["items", "others"],
    "security": [{"oauth": ["items:read"]}],
    "parameters": [{"$ref": "#/components/parameters/ItemId"}],
    "responses": {"200": ANSWER, "404": {"$ref": "#/components/responses/Missing"}},
}
WRITE: dict[str, Any] = {
    "operationId": "postItem",
    "tags": ["items"],
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}},
    "responses": {"201": ANSWER},
}


def document(**operations: Any) -> dict[str, Any]:
    """With the given operations of the path of one item, or with one that reads and one that writes."""
    return {
        "security": [{"oauth": ["items:write"]}],
        "paths": {"/items/{item_id}": {"summary": "one item", **(operations or {"get": READ, "post": WRITE})}},
        "webhooks": {"itemMade": {"post": {"operationId": "itemMade"}}},
        "components": {
            "schemas": SCHEMAS,
            "parameters": {
                "ItemId": {
                    "name": "item_id",
                    "in": "path",
                    "required": True,
                    "schema": {"$ref": "#/components/schemas/Uuid"},
                }
            },
            "responses": {
                "Missing": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                "Empty": {"description": "nothing more to say"},
            },
        },
    }


def compiled(**changed: Any) -> OperationContract:
    """The operation that reads, changed."""
    [operation] = operations_of(document(get=READ | changed)).values()
    return operation


def test_every_operation_of_the_paths_is_found_by_its_id_and_no_webhook() -> None:
    found = operations_of(document())
    assert {name: (each.method, each.path) for name, each in found.items()} == {
        "getItem": ("GET", "/items/{item_id}"),
        "postItem": ("POST", "/items/{item_id}"),
    }


def test_operations_are_walked_in_the_order_of_the_document_and_other_members_of_a_path_are_none(contract: Contract) -> None:
    assert [(path, method) for path, method, _ in each_operation(document())] == [
        ("/items/{item_id}", "get"),
        ("/items/{item_id}", "post"),
    ]
    assert [declared["operationId"] for _, _, declared in each_operation(contract.document)] == list(contract.operations)


def test_the_first_tag_names_the_module_of_the_handler() -> None:
    assert compiled().tag == "items"


@pytest.mark.parametrize(
    ("security", "scope"),
    [([{"oauth": ["items:read"]}], "items:read"), ([{"oauth": ["items:read"]}, {}], "items:read"), ([], None)],
)
def test_an_operation_asks_for_one_scope_or_for_no_token(security: list[Any], scope: str | None) -> None:
    assert compiled(security=security).scope == scope


def test_an_operation_that_says_nothing_asks_for_the_scope_of_the_document() -> None:
    assert operations_of(document())["postItem"].scope == "items:write"


def test_a_document_without_security_asks_for_no_token() -> None:
    open_document = document(post=WRITE)
    del open_document["security"]
    assert operations_of(open_document)["postItem"].scope is None


@pytest.mark.parametrize(
    "security", [[{"oauth": ["a", "b"]}], [{"oauth": ["a"]}, {"key": ["b"]}], [{"oauth": []}], [{}], [{"key": []}, {}]]
)
def test_an_operation_that_asks_for_two_scopes_or_for_any_token_is_refused(security: list[Any]) -> None:
    with pytest.raises(ValueError, match="exactly one scope"):
        compiled(security=security)


def test_only_an_operation_with_a_body_has_a_validator_of_bodies() -> None:
    found = operations_of(document())
    assert found["getItem"].request_body is None
    validator = found["postItem"].request_body
    assert validator is not None
    assert [error.field for error in validator.field_errors({})] == ["/item_id"]


def test_a_body_is_coerced_by_its_schema() -> None:
    body = {"item_id": "0198C0DE-0000-7000-8000-000000000001"}
    operations_of(document())["postItem"].coercion.canonicalize(body)
    assert body == {"item_id": "0198c0de-0000-7000-8000-000000000001"}


def test_parameters_are_followed_to_their_component() -> None:
    [parameter] = compiled().parameters
    assert (parameter.name, parameter.location, parameter.required, parameter.kind) == ("item_id", "path", True, "uuid")
    assert compiled(parameters=[]).parameters == ()


def test_responses_are_found_by_status_and_media_type_where_they_have_a_body() -> None:
    declared = {**READ["responses"], "204": {"$ref": "#/components/responses/Empty"}}
    assert compiled(responses=declared).responses.keys() == {(200, "application/json"), (404, "application/problem+json")}


def test_responses_of_one_schema_share_a_checker_over_all_operations() -> None:
    found = operations_of(document())
    read, written = found["getItem"].responses[200, "application/json"], found["postItem"].responses[201, "application/json"]
    assert read is written
    assert read is not found["getItem"].responses[404, "application/problem+json"]
    assert read.check({"item_id": "0198c0de-0000-7000-8000-000000000001"}) is None
    assert str(read.check({})).endswith("must have item_id")


def test_a_reference_is_followed_to_what_it_finally_names() -> None:
    linked = {"a": {"$ref": "#/b/c"}, "b": {"c": {"$ref": "#/d"}}, "d": {"type": "string"}}
    assert follow_reference(linked, {"$ref": "#/a"}) is linked["d"]
    assert follow_reference(linked, linked["d"]) is linked["d"]


def test_an_operation_says_how_large_its_body_may_be() -> None:
    usual, batch = [operations_of(document(post=WRITE | more))["postItem"] for more in ({}, {"x-max-body-bytes": 123_456})]
    assert (usual.body_bytes, batch.body_bytes) == (limits.BODY_BYTES, 123_456)
