"""The Prism mock and the live server agree, and both accept every example of the document."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.cli.console_output import console
from app.conformance.example_requests import broken_requests, example_requests
from app.conformance.example_scenario import example_scenario
from app.conformance.fuzz.plan import Target
from app.conformance.parity import Parity
from app.conformance.prism import VIOLATIONS, PortTaken, Prism, mock
from app.conformance.report import differences_table
from app.contract.operations import each_operation, follow_reference
from contract_tests.mock import first_answers
from contract_tests.node import program
from contract_tests.sending import answered
from tests.support.waiting import HANG_SECONDS


@pytest.fixture
def prism(document: dict[str, Any]) -> Iterator[Prism]:
    with mock(document, command=program("prism")) as running:
        yield running


def test_the_mock_answers_like_the_live_server(document: dict[str, Any], live: Target, prism: Prism) -> None:
    ours, theirs = (httpx.Client(base_url=each.url, timeout=HANG_SECONDS) for each in (live, prism))
    with ours as live_client, theirs as mock_client:
        compared = list(Parity(document, live_client, mock_client, live.token).compare(writes=True))
    different = [each for each in compared if each.differences]
    console().print(differences_table(different))
    assert not different
    assert len(compared) > 100


def test_the_live_server_accepts_every_example_and_allocates_the_payment_as_published(
    document: dict[str, Any], live: Target
) -> None:
    exchanges = list(example_scenario(document, lambda request: answered(live.url, request, live.token)))
    for each in exchanges:
        assert each.answer.status_code == (201 if each.request.method == "POST" else 200), f"{each.request}: {each.answer.text}"
    paid = next(each.answer.json() for each in exchanges if each.request.operation_id == "postPayment")
    published = document["components"]["responses"]["PaymentPosted"]["content"]["application/json"]["examples"]["waterfall"]
    assert paid["allocation"] == published["value"]["allocation"]
    assert {each.request.operation_id for each in exchanges} == {each["operationId"] for _, _, each in each_operation(document)}


def test_the_mock_answers_every_example_without_a_violation(document: dict[str, Any], prism: Prism) -> None:
    asked = 0
    for request in example_requests(document):
        responses = document["paths"][request.template][request.method.lower()]["responses"]
        for status, response in responses.items():
            (content,) = follow_reference(document, response)["content"].values()
            for name, example in content["examples"].items():
                answer = answered(prism.url, request, "any", Prefer=f"code={status}, example={name}")
                assert (answer.status_code, answer.json()) == (int(status), example["value"]), f"{request}: {status} {name}"
                assert VIOLATIONS not in answer.headers, answer.headers[VIOLATIONS]
                asked += 1
    assert asked > 200
    assert "Violation" not in prism.log.read_text("utf-8")


def test_a_request_that_breaks_the_document_is_a_violation(document: dict[str, Any], prism: Prism) -> None:
    request = next(each for each in example_requests(document) if each.operation_id == "postPayment")
    body, token = request.body | {"amount_minor": "01"}, {"Authorization": "Bearer any"}
    answer = httpx.post(prism.url + request.path, json=body, headers=token, timeout=HANG_SECONDS)
    assert answer.is_client_error
    told = " ".join(each["message"] for each in json.loads(answer.headers[VIOLATIONS]))
    assert "idempotency-key" in told
    assert "amount_minor" in told


@pytest.fixture
def first_prism(document: dict[str, Any]) -> Iterator[Prism]:
    with mock(first_answers(document), command=program("prism")) as running:
        yield running


def test_the_mock_of_make_answers_a_first_request_like_the_service(document: dict[str, Any], first_prism: Prism) -> None:
    posted = 0
    for request in example_requests(document):
        expected = 201 if request.method == "POST" else 200
        assert answered(first_prism.url, request, "any").status_code == expected, request
        for invalid in broken_requests(document, request):
            answer = answered(first_prism.url, invalid, "any")
            expected = 415 if invalid.content_type == "text/plain" else 400
            assert answer.status_code == expected, f"{invalid}: {answer.text}"
            posted += request.method == "POST"
    assert posted > 50


def test_a_port_that_is_taken_is_an_error(document: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port}"), mock(document, port, program("prism")):
            pytest.fail("it started")


def test_every_posting_has_an_example_of_its_key(document: dict[str, Any]) -> None:
    keys = [each.headers["Idempotency-Key"] for each in example_requests(document) if each.method == "POST"]
    assert len(set(keys)) == len({each.template for each in example_requests(document) if each.method == "POST"})


def test_nothing_deprecated_has_an_example(document: dict[str, Any]) -> None:
    for _, _, declared in each_operation(document):
        for parameter in (follow_reference(document, each) for each in declared.get("parameters", ())):
            examples = {"example", "examples"} & {*parameter, *follow_reference(document, parameter["schema"])}
            assert not (parameter.get("deprecated") and examples), parameter["name"]


def test_a_mock_that_does_not_start_says_why(document: dict[str, Any]) -> None:
    with (
        pytest.raises(TimeoutError, match="no such program"),
        mock(document, command=["sh", "-c", "echo no such program; exit 1"]),
    ):
        pytest.fail("it started")
