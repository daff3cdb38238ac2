"""Breaking and additive changes of a contract, in both directions of a request and of a response."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conformance.diff.change import Kind
from app.conformance.diff.compare import diff
from app.conformance.diff.documents import DocumentUnreadable, read
from app.contract.document import DOCUMENT as OURS
from tests.unit.conformance.documents import DELETED, DOCUMENT, changed

OPERATION = "/paths/~1items/post"
ITEM = "/components/schemas/Item"
ANSWER = "/components/schemas/Answer"
FLOW = "/components/securitySchemes/token/flows/clientCredentials"
WEBHOOK = "/webhooks/itemPosted/post/requestBody/content/application~1json/schema"
BREAKING = [
    ("operation-removed", OPERATION, DELETED),
    ("operation-removed", "/webhooks/itemPosted/post", DELETED),
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
    (
        "request-parameter-form",
        f"{OPERATION}/parameters/1",
        {"name": "limit", "in": "query", "content": {"application/json": {}}},
    ),
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
    ("response-parameter-removed", "/webhooks/itemPosted/post/parameters/0", DELETED),
    ("callback-removed", f"{OPERATION}/callbacks/done", DELETED),
    ("server-removed", f"{OPERATION}/servers", [{"url": "https://elsewhere.example"}]),
]
"""Rule, place and what is put there; what stands for a request in one row stands for a response in another."""
ADDITIVE = [
    ("operation-added", "/paths/~1more", {"get": {"operationId": "getMore", "responses": {}}}),
    ("operation-deprecated", f"{OPERATION}/deprecated", True),
    ("server-added", "/servers/-", {"url": "https://two.example/v1"}),
    ("security-relaxed", f"{OPERATION}/security/0/token", []),
    ("security-relaxed", f"{OPERATION}/security/-", {}),
    ("security-scope-added", f"{FLOW}/scopes/items:admin", ""),
    ("security-flow-added", "/components/securitySchemes/token/flows/password", {}),
    ("security-scheme-added", "/components/securitySchemes/key", {}),
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
]
DOCUMENT_OF_OURS = read(str(OURS))


@pytest.mark.parametrize(("rule", "pointer", "value"), BREAKING)
def test_a_change_that_breaks_somebody_is_told_as_such(rule: str, pointer: str, value: Any) -> None:
    assert (Kind.BREAKING, rule) in {(each.kind, each.rule) for each in diff(DOCUMENT, changed(pointer, value))}


@pytest.mark.parametrize(("rule", "pointer", "value"), ADDITIVE)
def test_a_change_that_breaks_nobody_is_told_and_passes(rule: str, pointer: str, value: Any) -> None:
    changes = diff(DOCUMENT, changed(pointer, value))
    assert [(each.kind, each.rule) for each in changes] == [(Kind.ADDITIVE, rule)]


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


@pytest.mark.parametrize("text", ["[]", "{", "swagger: '2.0'", "\t: :"])
def test_what_is_no_openapi_document_is_unreadable(text: str, tmp_path: Path) -> None:
    (tmp_path / "document.yaml").write_text(text)
    with pytest.raises(DocumentUnreadable):
        read(str(tmp_path / "document.yaml"))


def test_yaml_and_json_are_the_same_document(tmp_path: Path) -> None:
    (tmp_path / "document.json").write_text(json.dumps(DOCUMENT_OF_OURS))
    assert diff(DOCUMENT_OF_OURS, read(str(tmp_path / "document.json"))) == []


@pytest.mark.parametrize("document", [{"paths": [1]}, {"paths": {"/a": 1}}, {"paths": {"/a": {"get": {"parameters": [{}]}}}}])
def test_a_document_whose_parts_have_no_meaning_is_unreadable(document: dict[str, Any]) -> None:
    with pytest.raises(DocumentUnreadable, match="/paths"):
        diff({"openapi": "3.1.0", **document}, {"openapi": "3.1.0", **document})


def test_a_status_is_the_same_with_and_without_quotes() -> None:
    quoted, plain = ({"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {status: {}}}}}} for status in ("200", 200))
    assert diff(quoted, plain) == []


def places(value: Any, pointer: str = "") -> list[str]:
    """Pointers to every field, enum value and entry of `required` in the schemas of our document."""
    found = []
    if isinstance(value, dict):
        for name, member in value.items():
            if name in ("properties", "enum", "required") and pointer and not pointer.endswith("/properties"):
                keys = member if isinstance(member, dict) else range(len(member))
                found += [f"{pointer}/{name}/{key}" for key in keys]
            found += places(member, f"{pointer}/{name}")
    return found


SCHEMA_PLACES = [each for each in places(DOCUMENT_OF_OURS["components"]["schemas"]) if "/examples/" not in each]


@given(st.sampled_from(SCHEMA_PLACES))
def test_whatever_is_taken_from_a_schema_is_told_one_way_and_the_other(pointer: str) -> None:
    new = deepcopy(DOCUMENT_OF_OURS)
    place: Any = new["components"]["schemas"]
    *way, last = pointer.split("/")[1:]
    for name in way:
        place = place[name]
    del place[int(last) if isinstance(place, list) else last]
    assert diff(DOCUMENT_OF_OURS, new) != []
    assert diff(new, DOCUMENT_OF_OURS) != []


REQUESTS = ("/PaymentRequest", "/DisbursementRequest", "/AccrualBatchRequest", "/ReversalRequest", "/FeeRequest")


@given(st.sampled_from([each for each in SCHEMA_PLACES if each.startswith(REQUESTS)]))
def test_what_narrows_a_request_breaks_one_way_and_only_that_way(pointer: str) -> None:
    new = deepcopy(DOCUMENT_OF_OURS)
    place: Any = new["components"]["schemas"]
    *way, last = pointer.split("/")[1:]
    for name in way:
        place = place[name]
    del place[int(last) if isinstance(place, list) else last]
    there, back = (
        any(each.kind is Kind.BREAKING for each in diff(a, b)) for a, b in ((DOCUMENT_OF_OURS, new), (new, DOCUMENT_OF_OURS))
    )
    assert there != back


@given(st.sampled_from([(path, method) for path, item in DOCUMENT_OF_OURS["paths"].items() for method in item]))
def test_an_operation_that_is_gone_breaks_and_one_that_came_does_not(operation: tuple[str, str]) -> None:
    path, method = operation
    new = deepcopy(DOCUMENT_OF_OURS)
    del new["paths"][path][method]
    (gone,), (came,) = diff(DOCUMENT_OF_OURS, new), diff(new, DOCUMENT_OF_OURS)
    assert (gone.kind, gone.rule) == (Kind.BREAKING, "operation-removed")
    assert (came.kind, came.rule) == (Kind.ADDITIVE, "operation-added")


def test_a_document_has_not_changed_from_itself() -> None:
    assert diff(DOCUMENT_OF_OURS, deepcopy(DOCUMENT_OF_OURS)) == []
    assert diff(DOCUMENT, deepcopy(DOCUMENT)) == []
