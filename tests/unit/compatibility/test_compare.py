"""Breaking and additive changes of a contract, in both directions of a request and of a response."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.compatibility.change import Kind
from app.compatibility.compare import diff
from app.compatibility.documents import DocumentUnreadable, read
from app.contract.document import DOCUMENT as OURS
from tests.unit.compatibility.documents import DELETED, DOCUMENT, changed

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
"""Rule, place and what is put there; what stands for a request in one row stands for a response in another."""
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
NOTHING = [
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
"""Places at which something is written that held already."""
DOCUMENT_OF_OURS = read(str(OURS))


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_change_that_breaks_somebody_is_told_as_such(rule: str, pointer: str, value: Any) -> None:
    assert (Kind.BREAKING, rule) in {(each.kind, each.rule) for each in diff(DOCUMENT, changed(pointer, value))}


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_change_that_breaks_nobody_is_told_and_passes(rule: str, pointer: str, value: Any) -> None:
    changes = diff(DOCUMENT, changed(pointer, value))
    assert [(each.kind, each.rule) for each in changes] == [(Kind.ADDITIVE, rule)]


@pytest.mark.parametrize(("pointer", "value"), NOTHING)
def test_what_held_already_may_be_written_out(pointer: str, value: Any) -> None:
    assert diff(DOCUMENT, changed(pointer, value)) == []
    assert diff(changed(pointer, value), DOCUMENT) == []


def test_a_document_without_servers_is_served_at_the_root() -> None:
    nowhere = changed("/servers", DELETED)
    assert diff(nowhere, changed("/servers", [{"url": "/"}])) == []
    assert diff(changed("/servers", [{"url": "/"}]), nowhere) == []
    assert [each.rule for each in diff(DOCUMENT, nowhere)] == ["server-removed"]


def test_a_status_may_be_written_as_a_number() -> None:
    answers = DOCUMENT["paths"]["/items"]["post"]["responses"]
    numbered = changed(f"{OPERATION}/responses", {int(status): answer for status, answer in answers.items()})
    assert diff(DOCUMENT, numbered) == diff(numbered, DOCUMENT) == []
    assert diff(numbered, deepcopy(numbered)) == []


def test_changes_are_told_in_the_order_of_the_document() -> None:
    properties = {f"field{number}": {"type": "string"} for number in range(9, 0, -1)}
    new = changed(f"{ANSWER}/properties", {**DOCUMENT["components"]["schemas"]["Answer"]["properties"], **properties})
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
def test_a_malformed_document_is_unreadable_and_the_message_says_which_and_where(pointer: str, value: Any) -> None:
    with pytest.raises(DocumentUnreadable, match="the newer document: /"):
        diff(DOCUMENT, changed(pointer, value))
    with pytest.raises(DocumentUnreadable, match="the older document: /"):
        diff(changed(pointer, value), DOCUMENT)


def test_a_document_that_holds_itself_is_unreadable() -> None:
    circle: dict[str, Any] = {"openapi": "3.1.0"}
    circle["paths"] = circle
    with pytest.raises(DocumentUnreadable, match="stand in one another"):
        diff(circle, circle)


def test_breaking_changes_come_first_and_one_place_is_one_change() -> None:
    new = changed(f"{ITEM}/properties/name/maxLength", 8)
    new["components"]["schemas"]["Item"]["properties"]["more"] = {}
    new["paths"]["/copies"] = {"post": {**new["paths"]["/items"]["post"], "operationId": "postCopy"}}
    old = deepcopy(DOCUMENT)
    old["paths"]["/copies"] = {"post": {**old["paths"]["/items"]["post"], "operationId": "postCopy"}}
    first, second = diff(old, new)
    assert (first.kind, first.rule, first.where) == (
        Kind.BREAKING,
        "request-maxLength",
        ("POST /items request", "POST /copies request"),
    )
    assert second.rule == "request-property-added"


def test_a_reference_that_leads_nowhere_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="there is nothing"):
        diff(DOCUMENT, changed(ITEM, DELETED))


def test_references_in_a_circle_are_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="circle"):
        diff(DOCUMENT, changed(ITEM, {"$ref": ITEM.replace("/", "#/", 1)}))


@pytest.mark.parametrize("text", ["[]", "{", "swagger: '2.0'", "\t: :", "openapi: 3.1.0\nx: 2020-13-45"])
def test_what_is_no_openapi_document_is_unreadable(text: str, tmp_path: Path) -> None:
    (tmp_path / "document.yaml").write_text(text)
    with pytest.raises(DocumentUnreadable):
        read(str(tmp_path / "document.yaml"))


def test_yaml_and_json_are_the_same_document(tmp_path: Path) -> None:
    (tmp_path / "document.json").write_text(json.dumps(DOCUMENT_OF_OURS))
    assert diff(DOCUMENT_OF_OURS, read(str(tmp_path / "document.json"))) == []


def test_a_document_has_not_changed_from_itself() -> None:
    assert diff(DOCUMENT_OF_OURS, deepcopy(DOCUMENT_OF_OURS)) == []
    assert diff(DOCUMENT, deepcopy(DOCUMENT)) == []
