"""The document is sound, and keeps the promises that it makes for every operation alike."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from app.contract.document import Contract
from app.contract.operations import each_operation, follow_reference
from tests.support.administration import ADMINISTRATION_BY_ID
from tests.support.document_walk import at, each_schema, posts

OPEN = {
    "/components/schemas/Metadata": "names are the caller's",
    "/components/schemas/ReadinessStatus/properties/checks": "names are of checks",
    "/components/schemas/ReconciliationStatus/properties/ledger_integrity": "published open",
    "/components/schemas/ReconciliationStatus/properties/bank_reconciliation/items": "published open",
    "/components/schemas/ReconciliationStatus/properties/portfolio_rollup": "published open",
}
ANY_AREA = "hpts:admin:*"
"""The published scope that stands for every administrative area."""
AREA = re.compile(r"hpts:admin:[a-z]+(-[a-z]+)*")
PUBLISHED_COMPLETELY = ("/reconciliation/status", "200")
"""The answer whose description is published in full: it sends more headers than it declares."""
WITH_TOKEN = {"401", "403", "406", "429", "431", "500", "503"}


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    validate(document)


def test_every_operation_needs_exactly_one_scope_or_no_token(document: dict[str, Any]) -> None:
    published = document["components"]["securitySchemes"]["bearerAuth"]["flows"]["clientCredentials"]["scopes"]
    assert ANY_AREA in published
    for path, _, operation in each_operation(document):
        if operation["security"]:
            [(scheme, [scope])] = [each for requirement in operation["security"] for each in requirement.items()]
            assert scheme == "bearerAuth"
            assert scope in published or AREA.fullmatch(scope), path
        else:
            assert path.startswith("/health/")
    assert document["webhooks"]["journalEntryPosted"]["post"]["security"] == []


def test_every_object_is_closed_but_for_those_that_must_be_open(document: dict[str, Any]) -> None:
    is_open = {
        pointer
        for pointer, schema in each_schema(document)
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False
    }
    assert is_open == set(OPEN)


def test_every_post_takes_the_key_and_the_trace_headers_and_is_linked_to_its_reads(document: dict[str, Any]) -> None:
    for pointer in posts(document):
        operation = at(document, pointer)
        names = {follow_reference(document, each)["name"] for each in operation["parameters"]}
        assert {"Idempotency-Key", "traceparent", "X-Trace-Id"} <= names
        for status in ("200", "201"):
            links = [
                follow_reference(document, each)
                for each in follow_reference(document, operation["responses"][status])["links"].values()
            ]
            read = "getWebhookEndpoint" if operation["operationId"] in ADMINISTRATION_BY_ID else "getJournalEntry"
            assert read in {link["operationId"] for link in links}
        if operation["operationId"] not in ("postReversal", *ADMINISTRATION_BY_ID):
            assert "postReversal" in {link["operationId"] for link in links}


def test_first_answer_and_replay_have_one_schema(document: dict[str, Any]) -> None:
    for pointer in posts(document):
        first, replay = (at(document, f"{pointer}/responses/{status}") for status in ("201", "200"))
        assert first["content"] == replay["content"]
        assert "Idempotency-Replayed" in replay["headers"]


def test_the_effective_date_and_the_headers_of_an_answer_are_the_same_for_every_posting(document: dict[str, Any]) -> None:
    operations = [at(document, pointer) for pointer in posts(document)]
    for is_administration in (False, True):
        alike = [each for each in operations if (each["operationId"] in ADMINISTRATION_BY_ID) is is_administration]
        for status in ("200", "201"):
            first, *others = [follow_reference(document, operation["responses"][status])["headers"] for operation in alike]
            assert all(headers == first for headers in others), status
    bodies = [at(document, f"{pointer}/requestBody/content/application~1json/schema/properties") for pointer in posts(document)]
    first, *others = [properties["effective_at"] for properties in bodies if "effective_at" in properties]
    assert len(others) >= 3
    assert all(schema == first for schema in others)


def test_links_lead_to_operations_and_parameters_that_exist(document: dict[str, Any]) -> None:
    known = {
        operation["operationId"]: {follow_reference(document, each)["name"] for each in operation.get("parameters", ())}
        for _, _, operation in each_operation(document)
    }
    for name, link in document["components"]["links"].items():
        assert {each.removeprefix("header.") for each in link.get("parameters", {})} <= known[link["operationId"]], name


def test_every_operation_declares_the_problems_it_can_give(document: dict[str, Any]) -> None:
    for path, method, operation in each_operation(document):
        needed = {"406", "431", "500"} | (WITH_TOKEN if operation["security"] else set())
        needed |= {"400", "409", "413", "415", "422"} if method == "post" else set()
        needed |= {"404"} if method == "get" and "{" in path else set()
        assert needed <= set(operation["responses"]), path


@pytest.mark.parametrize(("status", "header"), [("401", "WWW-Authenticate"), ("409", "Retry-After"), ("503", "Retry-After")])
def test_a_status_comes_with_its_header(status: str, header: str, document: dict[str, Any]) -> None:
    for path, _, operation in each_operation(document):
        if status in operation["responses"]:
            assert header in follow_reference(document, operation["responses"][status])["headers"], path


def test_every_answer_declares_the_trace_of_its_request_and_every_201_where_it_can_be_read(document: dict[str, Any]) -> None:
    for path, method, operation in each_operation(document):
        for status, response in operation["responses"].items():
            headers = follow_reference(document, response).get("headers", {})
            assert "X-Request-Trace" in headers or (path, status) == PUBLISHED_COMPLETELY, f"{method} {path} {status}"
            assert ("Location" in headers) == (status == "201"), f"{method} {path} {status}"


def test_free_text_refuses_the_one_character_that_cannot_be_stored(contract: Contract) -> None:
    schemas = contract.document["components"]["schemas"]
    for operation in contract.operations.values():
        if operation.request_body is None:
            continue
        name = contract.document["paths"][operation.path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for field, schema in schemas[name.rpartition("/")[2]]["properties"].items():
            facts = {**follow_reference(contract.document, schema), **schema}
            assert facts["type"] != "string" or "pattern" in facts or "enum" in facts or "date" in facts["format"], field


def test_every_tag_is_used_and_grouped(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    assert {operation["tags"][0] for _, _, operation in each_operation(document)} == tags
    assert {tag for group in document["x-tagGroups"] for tag in group["tags"]} == tags


def test_every_component_is_used(document: dict[str, Any]) -> None:
    used = {schema["$ref"] for _, schema in each_schema({**document, "links": None}) if "$ref" in schema}
    declared = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert declared <= used


def test_the_catalogue_is_complete_sentences(contract: Contract) -> None:
    for problem in contract.problems.values():
        assert 400 <= problem.status < 600
        assert problem.detail.endswith(".")
        assert problem.action.endswith(".")
        assert not problem.title.endswith(".")
