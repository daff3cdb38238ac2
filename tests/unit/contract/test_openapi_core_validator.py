"""openapi-core as a validator of its own: it finds the operation, reads patterns and formats as we do, and says what is wrong."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.contract.openapi_core_validator import OpenApiCoreValidator, RawHeaders

ITEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "pattern": "^[a-z]+$"},
        "made_on": {"type": "string", "format": "date"},
        "count": {"type": "integer"},
    },
    "required": ["code"],
    "additionalProperties": False,
}
CONTENT = {"application/json": {"schema": ITEM}}
PROBLEM = {"application/problem+json": {"schema": {"type": "object", "required": ["status"]}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Items", "version": "1"},
    "servers": [{"url": "https://items.example/elsewhere"}],
    "paths": {
        "/items/{item_id}": {
            "parameters": [{"name": "item_id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "responses": {
                    "200": {"description": "the item", "content": CONTENT},
                    "404": {
                        "description": "none",
                        "headers": {"retry-after": {"required": True, "schema": {"type": "string"}}},
                        "content": PROBLEM,
                    },
                }
            },
            "put": {"requestBody": {"content": CONTENT}, "responses": {"200": {"description": "kept", "content": CONTENT}}},
        }
    },
    "webhooks": {
        "itemMade": {"post": {"requestBody": {"content": CONTENT}, "responses": {"204": {"description": "taken"}}}},
    },
}
PATH = "/v1/items/1"
JSON: RawHeaders = ((b"content-type", b"application/json"),)


@pytest.fixture(scope="module")
def validator() -> OpenApiCoreValidator:
    return OpenApiCoreValidator(DOCUMENT)


def text(value: Any) -> bytes:
    return json.dumps(value).encode()


def response(
    validator: OpenApiCoreValidator, value: Any, headers: RawHeaders = JSON, status: int = 200, path: str = PATH
) -> str | None:
    return validator.check_response("GET", path, b"a=1", status, headers, value if isinstance(value, bytes) else text(value))


def test_a_response_that_the_document_declares_has_no_fault(validator: OpenApiCoreValidator) -> None:
    assert response(validator, {"code": "a", "made_on": "2026-02-28", "count": 3}) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({}, "/: required ['code']"),
        ({"code": "A"}, "/code: pattern ^[a-z]+"),
        ({"code": "a", "count": "3"}, "/count: type integer"),
        ({"code": "a", "more": 1}, "/: additionalProperties False"),
        ({"code": "A", "count": "3"}, "; /count: "),
    ],
)
def test_a_broken_response_is_told_with_every_place(validator: OpenApiCoreValidator, value: Any, told: str) -> None:
    assert told in str(response(validator, value))


def test_the_end_of_a_pattern_is_the_very_end(validator: OpenApiCoreValidator) -> None:
    assert response(validator, {"code": "a\n"}) is not None


@pytest.mark.parametrize("date", ["2026-02-30", "0000-01-01", "20260228", "2026-02-28\n", ""])
def test_formats_are_those_of_the_contract(validator: OpenApiCoreValidator, date: str) -> None:
    assert "/made_on" in str(response(validator, {"code": "a", "made_on": date}))


def test_a_format_speaks_of_text_only_and_the_type_refuses_the_rest(validator: OpenApiCoreValidator) -> None:
    assert response(validator, {"code": "a", "made_on": 1}) == "/made_on: type string"


def test_a_problem_is_read_as_json_and_its_headers_are_asked_for(validator: OpenApiCoreValidator) -> None:
    problem, retry = (b"content-type", b"application/problem+json"), (b"retry-after", b"1")
    assert response(validator, {"status": 404}, (problem, retry), 404) is None
    assert "/: required" in str(response(validator, {}, (problem, retry), 404))
    assert "retry-after" in str(response(validator, {"status": 404}, (problem,), 404))


@pytest.mark.parametrize(
    ("headers", "status", "path"),
    [
        (JSON, 204, PATH),
        (((b"content-type", b"text/plain"),), 200, PATH),
        ((), 200, PATH),
        (JSON, 200, "/v1/nowhere"),
        (JSON, 200, "/items/1"),
        (JSON, 200, "/elsewhere/items/1"),
    ],
)
def test_what_the_document_does_not_declare_is_refused(
    validator: OpenApiCoreValidator, headers: RawHeaders, status: int, path: str
) -> None:
    assert response(validator, {"code": "a"}, headers, status, path) is not None


@pytest.mark.parametrize("segment", ["a b", "a?b", "a#b", "ü", "a:b"])
def test_the_operation_is_found_whatever_the_path_holds(validator: OpenApiCoreValidator, segment: str) -> None:
    assert response(validator, {"code": "a"}, path=f"/v1/items/{segment}") is None


def test_a_media_type_is_found_in_any_case(validator: OpenApiCoreValidator) -> None:
    assert response(validator, {"code": "a"}, ((b"content-type", b"Application/JSON"),)) is None


def test_a_body_that_is_not_utf_8_is_told_so(validator: OpenApiCoreValidator) -> None:
    assert str(response(validator, b'{"code":"\xff"}')).startswith("body is not UTF-8: ")


def test_a_request_body_is_checked_by_its_operation(validator: OpenApiCoreValidator) -> None:
    assert validator.check_request_body("PUT", PATH, JSON, text({"code": "a"})) is None
    assert "/code" in str(validator.check_request_body("PUT", PATH, JSON, text({"code": 1})))
    assert validator.check_request_body("PUT", PATH, ((b"content-type", b"text/plain"),), text({"code": "a"})) is not None
    assert validator.check_request_body("DELETE", PATH, JSON, text({"code": "a"})) is not None
    assert validator.check_request_body("PUT", PATH, JSON, b"{") is not None


def test_a_webhook_is_found_by_its_name(validator: OpenApiCoreValidator) -> None:
    assert validator.check_webhook("itemMade", text({"code": "a"}), JSON) is None
    assert "/code" in str(validator.check_webhook("itemMade", text({"code": 1}), JSON))
    assert validator.check_webhook("itemLost", text({"code": "a"}), JSON) is not None


def test_the_document_that_was_given_stays_as_it_was() -> None:
    before = json.dumps(DOCUMENT)
    OpenApiCoreValidator(DOCUMENT)
    assert json.dumps(DOCUMENT) == before


def test_many_threads_get_the_verdict_on_their_own_response(validator: OpenApiCoreValidator) -> None:
    values = [{"code": "a"} if number % 2 else {"code": number} for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        verdicts = list(threads.map(lambda value: response(validator, value), values))
    assert [verdict is None for verdict in verdicts] == [bool(number % 2) for number in range(40)]
