"""The compiled validators and openapi-core give the same verdict on every response, sound or broken.

The first tests judge responses made from the document, whose verdict is known from their making; the others judge its examples
and what comes of them when anything is put anywhere.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import cycle
from typing import Any

import pytest

from app.contract.document import Contract, OperationContract
from app.contract.openapi_core_validator import OpenApiCoreValidator
from app.contract.operations import resolved
from contract_tests.derived.mutants import keywords
from contract_tests.derived.validators import second_of_response
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
def opinion() -> OpenApiCoreValidator:
    return OpenApiCoreValidator(CONTRACT.document)


def judged(root: Root) -> Iterator[tuple[Use, Case]]:
    """Each case of the root's schema under one of the responses that use it, in turn."""
    return zip(cycle(root.uses), corpus(root), strict=False)


def reached(pointer: str) -> set[str]:
    """Pointers to the schema and to all that it refers to."""
    references = {each["$ref"].removeprefix("#") for _, each in each_schema(at(DOCUMENT, pointer)) if "$ref" in each}
    return {pointer}.union(*(reached(reference) for reference in references))


@pytest.mark.parametrize("root", RESPONSES, ids=lambda root: f"{root.uses[0].operation_id}-{root.uses[0].status}")
def test_both_judge_every_response_as_it_was_made(root: Root, opinion: OpenApiCoreValidator) -> None:
    for use, case in judged(root):
        compiled = CONTRACT.operations[use.operation_id].responses[use.status, use.media_type].check(case.value)
        second = second_of_response(opinion, use, case.value)
        told = f"{case.trail[-1]} in {use}: {compiled} but {second} on {str(case.value)[:1_000]}"
        assert (compiled is None, second is None) == (case.is_valid, case.is_valid), told


def test_every_response_of_every_operation_is_judged_sound_and_broken() -> None:
    declared = {(name, *each) for name, operation in CONTRACT.operations.items() for each in operation.responses}
    for is_valid in (True, False):
        seen = {use for root in RESPONSES for use, case in judged(root) if case.is_valid is is_valid}
        assert {(use.operation_id, use.status, use.media_type) for use in seen} == declared


@pytest.mark.parametrize("is_valid", [True, False])
def test_thousands_of_different_bodies_are_judged(is_valid: bool) -> None:
    bodies = {
        (root.node.pointer, json.dumps(case.value)) for root in RESPONSES for case in corpus(root) if case.is_valid is is_valid
    }
    assert len(bodies) >= LEAST


def test_every_keyword_of_every_response_is_met_and_broken() -> None:
    schemas = set().union(*(reached(root.node.pointer) for root in RESPONSES))
    told = {each for each in keywords(DOCUMENT) if any(each.startswith(f"{schema}/") for schema in schemas)}
    met, broken = (
        {pointer for root in RESPONSES for case in corpus(root) if case.is_valid is is_valid for pointer in case.trail}
        for is_valid in (True, False)
    )
    choices = {each for each in told if "/enum/" in each}
    bounds = {each for each in told if each.endswith(LIMITS)}
    assert choices | bounds <= met
    assert told - choices - broken == {"/components/schemas/Layer/default"}


def answers() -> Iterator[tuple[OperationContract, int, str, Any]]:
    """Operation, status, media type and example of every response that the document declares."""
    for operation in CONTRACT.operations.values():
        declared = CONTRACT.document["paths"][operation.path][operation.method.lower()]["responses"]
        for status, media_type in operation.responses:
            content = resolved(CONTRACT.document, declared[str(status)])["content"][media_type]
            yield from ((operation, status, media_type, each["value"]) for each in content["examples"].values())


ANSWERS = list(answers())
ONE_OF_EACH_SCHEMA = list({id(each[0].responses[each[1], each[2]]): each for each in ANSWERS}.values())


def shortened(value: Any) -> Any:
    """The value with one item in each list, which is enough to break."""
    if isinstance(value, dict):
        return {name: shortened(member) for name, member in value.items()}
    return [shortened(member) for member in value[-1:]] if isinstance(value, list) else value


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from places(member, (*path, name))


def mutants(value: Any) -> Iterator[Any]:
    """The value with one member replaced, dropped or added, at every place in turn."""
    yield from REPLACEMENTS
    for path in places(value):
        if isinstance(_at(value, path), dict):
            yield _changed(value, (*path, "unexpected"), "x")
        if path:
            yield _changed(value, path, None, drop=True)
            yield from (_changed(value, path, replacement) for replacement in REPLACEMENTS)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def _changed(value: Any, path: tuple[Any, ...], replacement: Any, drop: bool = False) -> Any:
    copy = deepcopy(value)
    parent = _at(copy, path[:-1])
    if drop:
        del parent[path[-1]]
    else:
        parent[path[-1]] = replacement
    return copy


def verdicts(
    opinion: OpenApiCoreValidator, operation: OperationContract, status: int, media_type: str, value: Any
) -> tuple[str | None, str | None]:
    use = Use(operation.method, operation.path, operation.operation_id, status, media_type)
    return operation.responses[status, media_type].check(value), second_of_response(opinion, use, value)


@pytest.mark.parametrize(("operation", "status", "media_type", "example"), ANSWERS, ids=lambda each: getattr(each, "path", None))
def test_both_accept_the_example(
    operation: OperationContract, status: int, media_type: str, example: Any, opinion: OpenApiCoreValidator
) -> None:
    assert verdicts(opinion, operation, status, media_type, example) == (None, None)


@pytest.mark.parametrize(
    ("operation", "status", "media_type", "example"), ONE_OF_EACH_SCHEMA, ids=[each[0].path for each in ONE_OF_EACH_SCHEMA]
)
def test_both_judge_every_mutant_alike(
    operation: OperationContract, status: int, media_type: str, example: Any, opinion: OpenApiCoreValidator
) -> None:
    refused = 0
    for mutant in mutants(shortened(example)):
        compiled, second = verdicts(opinion, operation, status, media_type, mutant)
        assert (compiled is None) == (second is None), f"{compiled!r} but {second!r} on {mutant}"
        refused += compiled is not None
    assert refused > len(REPLACEMENTS)


def a_problem(contract: Contract) -> Any:
    declared = contract.document["components"]["responses"]["InternalError"]["content"]["application/problem+json"]
    return declared["examples"]["internal_error"]["value"]


@pytest.mark.parametrize("amount", ["01", "-1", "9" * 20, "1\n", "", 1])
def test_both_refuse_what_is_no_amount(amount: Any, opinion: OpenApiCoreValidator) -> None:
    operation = CONTRACT.operations["getLoanBalance"]
    balance = CONTRACT.document["components"]["schemas"]["LoanBalance"]["examples"][0] | {"principal_outstanding_minor": amount}
    assert None not in verdicts(opinion, operation, 200, "application/json", balance)


def test_an_undeclared_status_media_type_or_missing_header_is_refused(opinion: OpenApiCoreValidator, contract: Contract) -> None:
    problem = json.dumps(a_problem(contract)).encode()
    plain, told = [((b"content-type", name),) for name in (b"application/json", b"application/problem+json")]
    assert opinion.check_response("POST", "/v1/payments", b"", 500, told, problem) is None
    assert "504" in str(opinion.check_response("POST", "/v1/payments", b"", 504, told, problem))
    assert "application/json" in str(opinion.check_response("POST", "/v1/payments", b"", 500, plain, problem))
    assert "WWW-Authenticate" in str(opinion.check_response("POST", "/v1/payments", b"", 401, told, problem))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a":1} x'])
def test_a_body_that_is_not_json_is_refused(body: bytes, opinion: OpenApiCoreValidator) -> None:
    headers = ((b"content-type", b"application/json"),)
    assert opinion.check_response("GET", "/v1/health/live", b"", 200, headers, body) is not None


def test_the_operation_is_found_whatever_characters_the_path_holds(opinion: OpenApiCoreValidator, contract: Contract) -> None:
    problem = json.dumps(a_problem(contract)).encode()
    headers = ((b"content-type", b"application/problem+json"),)
    for name in ("a?b", "a#b", "{loan_id}", "ü %", "a:b"):
        assert opinion.check_response("GET", f"/v1/loans/{name}/balance", b"", 500, headers, problem) is None
