"""The compiled validators and openapi-core give the same verdict on every response, sound or broken."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from app.contract.document import Contract, OperationContract, load
from app.contract.operations import resolved
from app.contract.second_opinion import SecondOpinion

CONTRACT = load()
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
HEADERS = (
    (b"www-authenticate", b"Bearer"),
    (b"retry-after", b"1"),
    (b"idempotency-replayed", b"true"),
)


@pytest.fixture(scope="module")
def opinion() -> SecondOpinion:
    return SecondOpinion(CONTRACT)


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
    opinion: SecondOpinion, operation: OperationContract, status: int, media_type: str, value: Any
) -> tuple[str | None, str | None]:
    headers = ((b"content-type", media_type.encode()), *HEADERS)
    path = "/v1" + operation.path
    second = opinion.check_response(operation.method, path, b"", status, headers, json.dumps(value).encode())
    return operation.responses[status, media_type].check(value), second


@pytest.mark.parametrize(("operation", "status", "media_type", "example"), ANSWERS, ids=lambda each: getattr(each, "path", None))
def test_both_accept_the_example(
    operation: OperationContract, status: int, media_type: str, example: Any, opinion: SecondOpinion
) -> None:
    assert verdicts(opinion, operation, status, media_type, example) == (None, None)


@pytest.mark.parametrize(
    ("operation", "status", "media_type", "example"), ONE_OF_EACH_SCHEMA, ids=[each[0].path for each in ONE_OF_EACH_SCHEMA]
)
def test_both_judge_every_mutant_alike(
    operation: OperationContract, status: int, media_type: str, example: Any, opinion: SecondOpinion
) -> None:
    refused = 0
    for mutant in mutants(shortened(example)):
        compiled, second = verdicts(opinion, operation, status, media_type, mutant)
        assert (compiled is None) == (second is None), f"{compiled!r} but {second!r} on {mutant}"
        refused += compiled is not None
    assert refused > len(REPLACEMENTS)


@pytest.mark.parametrize("amount", ["01", "-1", "9" * 20, "1\n", "", 1])
def test_both_refuse_what_is_no_amount(amount: Any, opinion: SecondOpinion) -> None:
    operation = CONTRACT.operations["getLoanBalance"]
    balance = CONTRACT.document["components"]["schemas"]["LoanBalance"]["examples"][0] | {"principal_outstanding_minor": amount}
    assert None not in verdicts(opinion, operation, 200, "application/json", balance)


def test_an_undeclared_status_media_type_or_missing_header_is_refused(opinion: SecondOpinion, contract: Contract) -> None:
    problem = json.dumps(contract.document["components"]["schemas"]["Problem"]["examples"][0]).encode()
    plain, told = [((b"content-type", name),) for name in (b"application/json", b"application/problem+json")]
    assert opinion.check_response("POST", "/v1/payments", b"", 500, told, problem) is None
    assert "504" in str(opinion.check_response("POST", "/v1/payments", b"", 504, told, problem))
    assert "application/json" in str(opinion.check_response("POST", "/v1/payments", b"", 500, plain, problem))
    assert "WWW-Authenticate" in str(opinion.check_response("POST", "/v1/payments", b"", 401, told, problem))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a":1} x'])
def test_a_body_that_is_not_json_is_refused(body: bytes, opinion: SecondOpinion) -> None:
    headers = ((b"content-type", b"application/json"),)
    assert opinion.check_response("GET", "/v1/health/live", b"", 200, headers, body) is not None


def test_the_operation_is_found_whatever_characters_the_path_holds(opinion: SecondOpinion, contract: Contract) -> None:
    problem = json.dumps(contract.document["components"]["schemas"]["Problem"]["examples"][0]).encode()
    headers = ((b"content-type", b"application/problem+json"),)
    for name in ("a?b", "a#b", "{loan_id}", "ü %", "a:b"):
        assert opinion.check_response("GET", f"/v1/loans/{name}/balance", b"", 500, headers, problem) is None
