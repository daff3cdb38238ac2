"""Breaking and additive changes of a contract, in requests and in responses."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.compatibility.change import ChangeKind
from app.compatibility.compare import diff
from app.compatibility.documents import DocumentUnreadable, read_document
from app.contract.document import DOCUMENT as PUBLISHED_FILE
from tests.unit.compatibility.documents import DELETED, DOCUMENT, with_change

OPERATION = "/paths/~1items/post"
ITEM = "/components/schemas/Item"
ANSWER = "/components/schemas/Answer"
FLOW = "/components/securitySchemes/token/flows/clientCredentials"
HOOK = "/webhooks/itemPosted/post"
WEBHOOK = f"{HOOK}/requestBody/content/application~1json/schema"
CALLBACK = f"{OPERATION}/callbacks/done/{{$request.body#~1url}}/post"
BREAKING = [
    ("operation-removed", OPERATION, DELETED),
    ("operation-removed", HOOK, DELETED),
    ("callback-removed", f"{OPERATION}/callbacks/done", DELETED),
    ("callback-removed", CALLBACK, DELETED),
    ("operation-id", f"{OPERATION}/operationId", "createItem"),
    ("server-removed", "/servers/0", {"url": "https://two.example/v1"}),
    ("security-tightened", f"{OPERATION}/security/0/token", ["items:admin"]),
    ("security-tightened", f"{OPERATION}/security/0/token/-", "items:read"),
    ("security-tightened", "/paths/~1health/get/security/-", {"token": []}),
    ("security-scheme-removed", "/components/securitySchemes/token", DELETED),
    ("security-scheme-changed", "/components/securitySchemes/token/type", "http"),
    ("security-flow-removed", FLOW, DELETED),
    ("security-flow-changed", f"{FLOW}/tokenUrl", "https://elsewhere.example"),
    ("security-scope-removed", f"{FLOW}/scopes/items:read", DELETED),
    ("request-parameter-removed", f"{OPERATION}/parameters/1", DELETED),
    ("request-parameter-required", f"{OPERATION}/parameters/-", {"name": "x", "in": "query", "required": True, "schema": {}}),
    ("request-parameter-required", f"{OPERATION}/parameters/1/required", True),
    ("request-parameter-explode", f"{OPERATION}/parameters/1/explode", False),
    ("request-parameter-form", f"{OPERATION}/parameters/1", {"name": "limit", "in": "query", "content": {"a/b": {}}}),
    ("request-parameter-style", f"{OPERATION}/parameters/1/style", "pipeDelimited"),
    ("request-type-removed", f"{OPERATION}/parameters/0/schema/type", "integer"),
    ("request-body-removed", f"{OPERATION}/requestBody", DELETED),
    ("request-media-type-removed", f"{OPERATION}/requestBody/content/application~1json", DELETED),
    ("request-property-required", f"{ITEM}/required/-", "count"),
    ("request-property-removed", f"{ITEM}/properties/count", DELETED),
    ("request-type-removed", f"{ITEM}/properties/choice", {"type": "string"}),
    ("request-enum", f"{ITEM}/properties/name/enum", ["aa"]),
    ("request-enum-removed", f"{ITEM}/properties/kind/enum/0", DELETED),
    ("request-minLength", f"{ITEM}/properties/name/minLength", 3),
    ("request-maxLength", f"{ITEM}/properties/name/maxLength", 8),
    ("request-minimum", f"{ITEM}/properties/count/minimum", 2),
    ("request-maximum", f"{ITEM}/properties/count/maximum", 4),
    ("request-default", f"{ITEM}/properties/count/default", 2),
    ("request-pattern", f"{ITEM}/properties/name/pattern", "^[a-y]+$"),
    ("request-format", f"{ITEM}/properties/name/format", "uuid"),
    ("request-maxItems", f"{ITEM}/properties/tags/maxItems", 2),
    ("request-type-removed", f"{ITEM}/properties/tags/items/type", "integer"),
    ("request-anyOf", f"{ITEM}/properties/choice/anyOf/1", DELETED),
    ("request-not", f"{ITEM}/not", {"required": ["kind"]}),
    ("request-property-required", f"{ITEM}/allOf", [{"required": ["kind"]}]),
    ("response-status-removed", f"{OPERATION}/responses/201", DELETED),
    ("response-status-added", f"{OPERATION}/responses/202", {}),
    ("response-media-type-removed", f"{OPERATION}/responses/201/content/application~1json", DELETED),
    ("response-header-removed", f"{OPERATION}/responses/201/headers/Location", DELETED),
    ("response-header-required", f"{OPERATION}/responses/201/headers/Location/required", False),
    ("response-type-added", f"{OPERATION}/responses/201/headers/Location/schema/type", ["string", "integer"]),
    ("link-removed", f"{OPERATION}/responses/201/links/item", DELETED),
    ("link-changed", f"{OPERATION}/responses/201/links/item/operationId", "getHealth"),
    ("response-property-removed", f"{ANSWER}/properties/count", DELETED),
    ("response-property-optional", f"{ANSWER}/required/0", DELETED),
    ("response-type-added", f"{ANSWER}/properties/name/type", ["string", "null"]),
    ("response-type-added", f"{ANSWER}/properties/name/nullable", True),
    ("response-enum-added", f"{ANSWER}/properties/kind/enum/-", "c"),
    ("response-maxLength", f"{ANSWER}/properties/name/maxLength", 10),
    ("response-minimum", f"{ANSWER}/properties/count/minimum", DELETED),
    ("response-pattern", f"{ANSWER}/properties/name/pattern", DELETED),
    ("response-anyOf", f"{ANSWER}/properties/choice/anyOf/-", {"type": "boolean"}),
    ("response-enum-added", f"{WEBHOOK}/enum/-", "y"),
    ("response-parameter-removed", f"{HOOK}/parameters/0", DELETED),
    ("response-parameter-optional", f"{HOOK}/parameters/0/required", False),
    ("response-type-added", f"{HOOK}/parameters/0/schema/type", ["string", "null"]),
    ("response-type-added", f"{CALLBACK}/requestBody/content/application~1json/schema/type", ["string", "null"]),
    ("response-status-removed", f"{CALLBACK}/responses/204", DELETED),
    ("server-removed", "/paths/~1items/servers", [{"url": "https://other.example"}]),
    ("server-removed", f"{OPERATION}/servers", [{"url": "https://other.example"}]),
    ("security-scheme-changed", "/components/securitySchemes/key", {"type": "apiKey", "in": "query", "name": "Key"}),
]
"""Rule, JSON Pointer and the new value at it. A change that is breaking in requests may be in ADDITIVE for responses."""
ADDITIVE = [
    ("operation-added", "/paths/~1more", {"get": {"operationId": "getMore", "responses": {}}}),
    ("operation-deprecated", f"{OPERATION}/deprecated", True),
    ("server-added", "/servers/-", {"url": "https://two.example/v1"}),
    ("server-added", f"{OPERATION}/servers", [{"url": "https://one.example/v1"}, {"url": "https://two.example"}]),
    ("security-relaxed", f"{OPERATION}/security/0/token", []),
    ("security-relaxed", f"{OPERATION}/security/-", {}),
    ("security-scope-added", f"{FLOW}/scopes/items:admin", ""),
    ("security-flow-added", "/components/securitySchemes/token/flows/password", {}),
    ("security-scheme-added", "/components/securitySchemes/more", {}),
    ("request-parameter-added", f"{OPERATION}/parameters/-", {"name": "x", "in": "query", "schema": {}}),
    ("request-parameter-optional", f"{OPERATION}/parameters/0/required", False),
    ("request-parameter-deprecated", f"{OPERATION}/parameters/1/deprecated", True),
    ("request-body-required", f"{OPERATION}/requestBody/required", False),
    ("request-media-type-added", f"{OPERATION}/requestBody/content/text~1plain", {"schema": {}}),
    ("request-property-added", f"{ITEM}/properties/more", {}),
    ("request-property-optional", f"{ITEM}/required/0", DELETED),
    ("request-additionalProperties", f"{ITEM}/additionalProperties", True),
    ("request-type-added", f"{ITEM}/properties/count/type", "number"),
    ("request-enum-added", f"{ITEM}/properties/kind/enum/-", "c"),
    ("request-enum", f"{ITEM}/properties/kind/enum", DELETED),
    ("request-maxLength", f"{ITEM}/properties/name/maxLength", DELETED),
    ("request-type-added", f"{ITEM}/properties/tags/items", DELETED),
    ("response-status-added", f"{OPERATION}/responses/422", {}),
    ("response-status-removed", f"{OPERATION}/responses/400", DELETED),
    ("response-media-type-added", f"{OPERATION}/responses/201/content/text~1plain", {"schema": {}}),
    ("response-header-added", f"{OPERATION}/responses/201/headers/ETag", {"schema": {}}),
    ("link-added", f"{OPERATION}/responses/201/links/more", {}),
    ("response-property-added", f"{ANSWER}/properties/more", {}),
    ("response-property-required", f"{ANSWER}/required/-", "count"),
    ("response-additionalProperties", f"{ANSWER}/additionalProperties", True),
    ("response-enum-removed", f"{ANSWER}/properties/kind/enum/0", DELETED),
    ("response-minLength", f"{ANSWER}/properties/name/minLength", 3),
    ("response-parameter-added", f"{HOOK}/parameters/-", {"name": "More", "in": "header", "required": True, "schema": {}}),
    ("callback-added", f"{OPERATION}/callbacks/more", {"{$url}": {"post": {}}}),
    ("operation-deprecated", f"{HOOK}/deprecated", True),
]
NO_CHANGE = [
    (f"{OPERATION}/parameters/1/style", "form"),
    (f"{OPERATION}/parameters/1/explode", True),
    (f"{OPERATION}/parameters/0/style", "simple"),
    (f"{OPERATION}/parameters/0/explode", False),
    (f"{OPERATION}/parameters/1/required", False),
    (f"{OPERATION}/parameters/1/allowReserved", False),
    (f"{OPERATION}/servers", [{"url": "https://one.example/v1"}]),
    ("/paths/x-more", ["anything"]),
    ("/components/securitySchemes/key", {"$ref": "#/components/securitySchemes/header"}),
    ("/components/securitySchemes/key/description", "x"),
    (f"{ITEM}/properties/name/minLength", 2.0),
    (f"{ITEM}/properties/kind/description", "x"),
]
"""JSON Pointer and a value that is the default there already, or that has no effect on clients."""
PUBLISHED = read_document(str(PUBLISHED_FILE))


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_change_that_breaks_clients_is_reported_as_breaking(rule: str, pointer: str, value: Any) -> None:
    assert (ChangeKind.BREAKING, rule) in {(each.kind, each.rule) for each in diff(DOCUMENT, with_change(pointer, value))}


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_change_that_breaks_no_client_is_reported_as_additive(rule: str, pointer: str, value: Any) -> None:
    changes = diff(DOCUMENT, with_change(pointer, value))
    assert [(each.kind, each.rule) for each in changes] == [(ChangeKind.ADDITIVE, rule)]


@pytest.mark.parametrize(("pointer", "value"), NO_CHANGE)
def test_writing_a_default_explicitly_is_no_change(pointer: str, value: Any) -> None:
    assert diff(DOCUMENT, with_change(pointer, value)) == []
    assert diff(with_change(pointer, value), DOCUMENT) == []


def test_a_document_without_servers_is_served_at_the_root() -> None:
    without_servers = with_change("/servers", DELETED)
    assert diff(without_servers, with_change("/servers", [{"url": "/"}])) == []
    assert diff(with_change("/servers", [{"url": "/"}]), without_servers) == []
    assert [each.rule for each in diff(DOCUMENT, without_servers)] == ["server-removed"]


def test_a_status_may_be_written_as_a_number() -> None:
    answers = DOCUMENT["paths"]["/items"]["post"]["responses"]
    numbered = with_change(f"{OPERATION}/responses", {int(status): answer for status, answer in answers.items()})
    assert diff(DOCUMENT, numbered) == diff(numbered, DOCUMENT) == []
    assert diff(numbered, deepcopy(numbered)) == []


def test_changes_are_reported_in_the_order_of_the_document() -> None:
    properties = {f"field{number}": {"type": "string"} for number in range(9, 0, -1)}
    new = with_change(f"{ANSWER}/properties", {**DOCUMENT["components"]["schemas"]["Answer"]["properties"], **properties})
    assert [each.place for each in diff(DOCUMENT, new)] == [f"{ANSWER}/properties/{name}" for name in properties]


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/paths", [1]),
        ("/servers", [1]),
        ("/servers/0/url", 1),
        (f"{OPERATION}/parameters/0/name", DELETED),
        (f"{OPERATION}/responses", ["201"]),
        (f"{ITEM}/required", True),
        (f"{ITEM}/properties/name/minLength", "2"),
        (f"{ITEM}/properties/name", "string"),
        ("/paths/~1health/get/security", [[]]),
    ],
)
def test_a_malformed_document_is_unreadable_and_the_message_names_the_document_and_the_place(pointer: str, value: Any) -> None:
    with pytest.raises(DocumentUnreadable, match="the newer document: /"):
        diff(DOCUMENT, with_change(pointer, value))
    with pytest.raises(DocumentUnreadable, match="the older document: /"):
        diff(with_change(pointer, value), DOCUMENT)


def test_a_document_that_contains_itself_is_unreadable() -> None:
    circle: dict[str, Any] = {"openapi": "3.1.0"}
    circle["paths"] = circle
    with pytest.raises(DocumentUnreadable, match="nested more than"):
        diff(circle, circle)


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


def test_a_reference_without_a_target_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="there is nothing"):
        diff(DOCUMENT, with_change(ITEM, DELETED))


def test_references_in_a_circle_are_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="circle"):
        diff(DOCUMENT, with_change(ITEM, {"$ref": ITEM.replace("/", "#/", 1)}))


@pytest.mark.parametrize("text", ["[]", "{", "swagger: '2.0'", "\t: :", "openapi: 3.1.0\nx: 2020-13-45"])
def test_a_file_that_is_no_openapi_document_is_unreadable(text: str, tmp_path: Path) -> None:
    (tmp_path / "document.yaml").write_text(text)
    with pytest.raises(DocumentUnreadable):
        read_document(str(tmp_path / "document.yaml"))


def test_a_document_in_yaml_equals_the_same_document_in_json(tmp_path: Path) -> None:
    (tmp_path / "document.json").write_text(json.dumps(PUBLISHED))
    assert diff(PUBLISHED, read_document(str(tmp_path / "document.json"))) == []


def test_a_document_compared_with_a_copy_has_no_changes() -> None:
    assert diff(PUBLISHED, deepcopy(PUBLISHED)) == []
    assert diff(DOCUMENT, deepcopy(DOCUMENT)) == []
