"""The compiled validators and openapi-core give the same verdict on every response, sound or broken.

The first tests take responses made from the document, of which it is known whether they are valid; the others take the examples
of the document, and copies of them with any value in any place.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import cycle
from typing import Any, Final

import pytest

from app.contract.document import Contract, OperationContract
from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.operations import follow_reference
from contract_tests.derived.mutants import keywords
from contract_tests.derived.validators import HEADERS, check_response
from tests.support.document_walk import at, each_schema
from tests.support.schema_cases.nodes import Case
from tests.support.schema_cases.roots import CONTRACT, DOCUMENT, Root, Use, corpus, roots

RESPONSES = [root for root in roots() if root.kind == "response"]
LEAST = 2_000
LIMITS = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
REPLACEMENTS: tuple[Any, ...] = (
    "01",
    "-1",
    "-0",
    "",
    "9" * 19,
    "9" * 20,
    "1\n",
    "x" * 300,
    "a\u0000b",
    "usd",
    "PENDING",
    "2026-02-30",
    "0000-01-01",
    "20260101",
    "2026-11-22\n",
    "2026-11-22T21:40:15Z",
    "2026-11-22T21:40:15",
    "2026-12-31T23:59:60Z",
    "2026-11-22T24:00:00Z",
    "019AC2A5-6D4B-7C3E-8F21-5B0C9D7E1A34",
    "019ac2a56d4b7c3e8f215b0c9d7e1a34",
    1,
    0,
    -1,
    1.0,
    1.5,
    10**20,
    True,
    None,
    [],
    {},
)


@pytest.fixture(scope="module")
def openapi_core() -> OpenApiCoreValidator:
    return OpenApiCoreValidator(CONTRACT.document)


def cases_by_use(root: Root) -> Iterator[tuple[Use, Case]]:
    """Each case of the root's schema under one of the responses that use it, in turn."""
    return zip(cycle(root.uses), corpus(root), strict=False)


def schemas_referred_to_by(pointer: str) -> set[str]:
    """Pointers to the schema and to all that it refers to."""
    references = {each["$ref"].removeprefix("#") for _, each in each_schema(at(DOCUMENT, pointer)) if "$ref" in each}
    return {pointer}.union(*(schemas_referred_to_by(reference) for reference in references))


@pytest.mark.parametrize("root", RESPONSES, ids=lambda root: f"{root.uses[0].operation_id}-{root.uses[0].status}")
def test_both_validators_agree_with_the_making_of_every_response(root: Root, openapi_core: OpenApiCoreValidator) -> None:
    for use, case in cases_by_use(root):
        compiled_error = CONTRACT.operations[use.operation_id].responses[use.status, use.media_type].check(case.value)
        core_error = check_response(openapi_core, use, case.value)
        told = f"{case.trail[-1]} in {use}: {compiled_error} but {core_error} on {str(case.value)[:1_000]}"
        assert (compiled_error is None, core_error is None) == (case.is_valid, case.is_valid), told


def test_every_response_of_every_operation_has_valid_and_invalid_cases() -> None:
    declared = {(name, *each) for name, operation in CONTRACT.operations.items() for each in operation.responses}
    for is_valid in (True, False):
        seen = {use for root in RESPONSES for use, case in cases_by_use(root) if case.is_valid is is_valid}
        assert {(use.operation_id, use.status, use.media_type) for use in seen} == declared


@pytest.mark.parametrize("is_valid", [True, False])
def test_the_cases_are_thousands_of_different_bodies(is_valid: bool) -> None:
    bodies = {
        (root.node.pointer, json.dumps(case.value)) for root in RESPONSES for case in corpus(root) if case.is_valid is is_valid
    }
    assert len(bodies) >= LEAST


def test_every_keyword_of_every_response_accepts_a_case_and_refuses_one() -> None:
    schemas = set().union(*(schemas_referred_to_by(root.node.pointer) for root in RESPONSES))
    told = {each for each in keywords(DOCUMENT) if any(each.startswith(f"{schema}/") for schema in schemas)}
    met, broken = (
        {pointer for root in RESPONSES for case in corpus(root) if case.is_valid is is_valid for pointer in case.trail}
        for is_valid in (True, False)
    )
    choices = {each for each in told if "/enum/" in each}
    bounds = {each for each in told if each.endswith(LIMITS)}
    assert choices | bounds <= met
    assert told - choices - broken == {"/components/schemas/Layer/default"}


def example_responses() -> Iterator[tuple[OperationContract, int, str, Any]]:
    """Operation, status, media type and example of every response that the document declares."""
    for operation in CONTRACT.operations.values():
        declared = CONTRACT.document["paths"][operation.path][operation.method.lower()]["responses"]
        for status, media_type in operation.responses:
            content = follow_reference(CONTRACT.document, declared[str(status)])["content"][media_type]
            yield from ((operation, status, media_type, each["value"]) for each in content["examples"].values())


ANSWERS = list(example_responses())
ONE_OF_EACH_SCHEMA = list({id(each[0].responses[each[1], each[2]]): each for each in ANSWERS}.values())


def shorten_lists(value: Any) -> Any:
    """The value with one item in each list, which is enough to break."""
    if isinstance(value, dict):
        return {name: shorten_lists(member) for name, member in value.items()}
    return [shorten_lists(member) for member in value[-1:]] if isinstance(value, list) else value


def paths_into(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from paths_into(member, (*path, name))


def mutate(value: Any) -> Iterator[Any]:
    """The value with one member replaced, dropped or added, at every place in turn."""
    yield from REPLACEMENTS
    for path in paths_into(value):
        if isinstance(_at(value, path), dict):
            yield _with_replaced(value, (*path, "unexpected"), "x")
        if path:
            yield _with_replaced(value, path, None, drop=True)
            yield from (_with_replaced(value, path, replacement) for replacement in REPLACEMENTS)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def _with_replaced(value: Any, path: tuple[Any, ...], replacement: Any, drop: bool = False) -> Any:
    copy = deepcopy(value)
    parent = _at(copy, path[:-1])
    if drop:
        del parent[path[-1]]
    else:
        parent[path[-1]] = replacement
    return copy


TRACE: Final = (b"x-request-trace", HEADERS["x-request-trace"].encode())


def verdicts(
    openapi_core: OpenApiCoreValidator, operation: OperationContract, status: int, media_type: str, value: Any
) -> tuple[str | None, str | None]:
    use = Use(operation.method, operation.path, operation.operation_id, status, media_type)
    return operation.responses[status, media_type].check(value), check_response(openapi_core, use, value)


@pytest.mark.parametrize(("operation", "status", "media_type", "example"), ANSWERS, ids=lambda each: getattr(each, "path", None))
def test_both_validators_accept_the_example(
    operation: OperationContract, status: int, media_type: str, example: Any, openapi_core: OpenApiCoreValidator
) -> None:
    assert verdicts(openapi_core, operation, status, media_type, example) == (None, None)


@pytest.mark.parametrize(
    ("operation", "status", "media_type", "example"), ONE_OF_EACH_SCHEMA, ids=[each[0].path for each in ONE_OF_EACH_SCHEMA]
)
def test_both_validators_agree_on_every_mutant(
    operation: OperationContract, status: int, media_type: str, example: Any, openapi_core: OpenApiCoreValidator
) -> None:
    refused = 0
    for mutant in mutate(shorten_lists(example)):
        compiled_error, core_error = verdicts(openapi_core, operation, status, media_type, mutant)
        assert (compiled_error is None) == (core_error is None), f"{compiled_error!r} but {core_error!r} on {mutant}"
        refused += compiled_error is not None
    assert refused > len(REPLACEMENTS)


def example_problem(contract: Contract) -> Any:
    declared = contract.document["components"]["responses"]["InternalError"]["content"]["application/problem+json"]
    return declared["examples"]["internal_error"]["value"]


@pytest.mark.parametrize("amount", ["01", "-1", "9" * 20, "1\n", "", 1])
def test_both_validators_refuse_what_is_no_amount(amount: Any, openapi_core: OpenApiCoreValidator) -> None:
    operation = CONTRACT.operations["getLoanBalance"]
    balance = CONTRACT.document["components"]["schemas"]["LoanBalance"]["examples"][0] | {"principal_outstanding_minor": amount}
    assert None not in verdicts(openapi_core, operation, 200, "application/json", balance)


def test_an_undeclared_status_media_type_or_missing_header_is_refused(
    openapi_core: OpenApiCoreValidator, contract: Contract
) -> None:
    problem = json.dumps(example_problem(contract)).encode()
    plain, told = [((b"content-type", name), TRACE) for name in (b"application/json", b"application/problem+json")]
    assert openapi_core.check_response("POST", "/v1/payments", b"", 500, told, problem) is None
    assert "504" in str(openapi_core.check_response("POST", "/v1/payments", b"", 504, told, problem))
    assert "application/json" in str(openapi_core.check_response("POST", "/v1/payments", b"", 500, plain, problem))
    assert "WWW-Authenticate" in str(openapi_core.check_response("POST", "/v1/payments", b"", 401, told, problem))
    assert "X-Request-Trace" in str(openapi_core.check_response("POST", "/v1/payments", b"", 500, told[:1], problem))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a":1} x'])
def test_a_body_that_is_not_json_is_refused(body: bytes, openapi_core: OpenApiCoreValidator) -> None:
    headers = ((b"content-type", b"application/json"),)
    assert openapi_core.check_response("GET", "/v1/health/live", b"", 200, headers, body) is not None


def test_the_operation_is_found_whatever_characters_the_path_holds(
    openapi_core: OpenApiCoreValidator, contract: Contract
) -> None:
    problem = json.dumps(example_problem(contract)).encode()
    headers = ((b"content-type", b"application/problem+json"), TRACE)
    for name in ("a?b", "a#b", "{loan_id}", "ü %", "a:b"):
        assert openapi_core.check_response("GET", f"/v1/loans/{name}/balance", b"", 500, headers, problem) is None
