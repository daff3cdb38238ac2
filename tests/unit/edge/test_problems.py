"""Every failure is one problem document that says what its caller may know, and no more."""

import logging

import pytest

from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.contract.document import Contract
from app.edge.admission import Admission
from app.edge.asgi import build
from app.edge.asgi_types import Headers, Message, Receive, Scope, Send
from app.edge.call import Answer
from app.edge.operation import ServicesSlot
from app.edge.problems import Problems
from app.edge.request import SCOPE_KEY, Request
from app.edge.response_check import ResponseCheck, parse_tier
from app.ledger.refusals import LoanNotFound
from app.refusal import FieldError, NotFound, Refusal
from tests.unit.auth.tokens import RULES, PublishedKeys, key_set
from tests.unit.edge.support import BALANCE, LOAN, Edge, FakeHandlers, http_scope, make_handlers, page, send_request

AUTHENTICATOR = Authenticator(KeySet(PublishedKeys(key_set())), RULES)
PATH = f"/v1/loans/{LOAN}/balance"


class Busy(Refusal):
    code = "overloaded"
    retry_after_seconds = 7


class Unlisted(Refusal):
    code = "no_such_code"


async def test_a_refusal_becomes_its_entry_of_the_catalogue(edge: Edge, contract: Contract) -> None:
    edge.handlers.answers["postPayment"] = LoanNotFound("no loan 1", FieldError("/loan_id", "loan_not_found", "is unknown"))
    reply = await edge.post()
    listed = contract.problems["loan_not_found"]
    assert reply.status == listed.status == 422
    assert reply.header("content-type") == "application/problem+json"
    assert reply.json == {
        "type": "/problems/loan_not_found",
        "title": listed.title,
        "status": 422,
        "detail": "no loan 1",
        "instance": "/v1/payments",
        "code": "loan_not_found",
        "trace_id": edge.handlers.calls[0].trace_id,
        "errors": [{"field": "/loan_id", "code": "loan_not_found", "message": "is unknown"}],
    }


async def test_a_refusal_that_says_when_to_come_back_is_answered_with_it(edge: Edge) -> None:
    edge.handlers.answers["postPayment"] = Busy("too much at once")
    reply = await edge.post()
    assert (reply.status, reply.code, reply.header("retry-after")) == (503, "overloaded", "7")


async def test_a_defect_is_logged_and_nothing_of_it_told(edge: Edge, caplog: pytest.LogCaptureFixture) -> None:
    edge.handlers.answers["postPayment"] = ZeroDivisionError("SELECT secret FROM table")
    reply = await edge.post()
    assert (reply.status, reply.code) == (500, "internal_error")
    assert b"SELECT" not in reply.body
    assert b"ZeroDivision" not in reply.body
    [record] = caplog.records
    assert record.exc_info is not None
    assert record.__dict__["trace_id"] == reply.json["trace_id"]


async def test_a_refusal_outside_the_catalogue_is_a_defect(edge: Edge) -> None:
    edge.handlers.answers["postPayment"] = Unlisted("")
    assert (await edge.post()).code == "internal_error"


async def test_a_problem_that_the_operation_does_not_declare_is_a_defect(edge: Edge, caplog: pytest.LogCaptureFixture) -> None:
    edge.handlers.answers["getLoanBalance"] = LoanNotFound("a 422, which this GET does not declare")
    reply = await edge.get(PATH)
    assert (reply.status, reply.code) == (500, "internal_error")
    assert "getLoanBalance/responses/422: application/problem+json is not declared" in caplog.text


async def test_a_declared_problem_of_a_read_passes(edge: Edge) -> None:
    edge.handlers.answers["getLoanBalance"] = NotFound("no such loan")
    assert (await edge.get(PATH)).code == "not_found"


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        (Answer(200, BALANCE | {"extra": 1}), "getLoanBalance/responses/200"),
        (Answer(200, BALANCE | {"principal_outstanding_minor": "01"}), "principal_outstanding_minor"),
        (Answer(200, {}), "getLoanBalance/responses/200"),
        (Answer(200, b"[]"), "getLoanBalance/responses/200"),
        (Answer(200, b"no json"), "request failed"),
        (Answer(201, BALANCE), "getLoanBalance/responses/201: application/json is not declared"),
        (Answer(404, BALANCE), "getLoanBalance/responses/404: application/json is not declared"),
    ],
)
async def test_an_answer_off_the_contract_is_a_500_and_its_place_is_logged(
    edge: Edge, caplog: pytest.LogCaptureFixture, answer: Answer, place: str
) -> None:
    edge.handlers.answers["getLoanBalance"] = answer
    reply = await edge.get(PATH)
    assert (reply.status, reply.code) == (500, "internal_error")
    assert place in caplog.text


async def test_a_path_that_is_no_address_is_not_repeated(edge: Edge) -> None:
    assert (await edge.get("/v1/a%20b")).json["instance"] == "/v1/a%20b"
    for path in ('/v1/"', "/v1/<script>", "/v1/%zz", "/v1/\x01", "/v1/" + "x" * 3000, "/v1/é"):
        assert "instance" not in (await edge.get(path)).json


async def test_nothing_more_is_sent_once_an_answer_has_begun(contract: Contract) -> None:
    sent: list[Message] = []

    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        scope[SCOPE_KEY].status = 200
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    problems = Problems(breaks_off, contract, ResponseCheck(contract, parse_tier("compiled")), Admission())
    scope = http_scope("GET", "/")
    scope[SCOPE_KEY] = Request([])
    with pytest.raises(ZeroDivisionError):
        await problems(scope, receive, send)
    assert len(sent) == 1


async def test_an_expected_refusal_is_no_error_in_the_log(edge: Edge, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await edge.post(b"{")
    assert not caplog.records


async def test_a_check_that_fails_itself_still_leaves_a_problem(contract: Contract, caplog: pytest.LogCaptureFixture) -> None:
    def broken(method: str, path: str, query: bytes, status: int, headers: Headers, body: bytes) -> str | None:
        raise ZeroDivisionError

    check = ResponseCheck(contract, parse_tier("full"), broken)
    app = build(contract, AUTHENTICATOR, ServicesSlot(FakeHandlers()), page, check, handlers=make_handlers(contract))
    reply = await send_request(app, http_scope("GET", "/v1/health/live"))
    assert (reply.status, reply.code) == (500, "internal_error")
    assert "ZeroDivisionError" in caplog.text
