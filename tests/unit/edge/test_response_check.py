"""The tiers of response validation: which answers openapi-core checks as well, and when."""

import asyncio
import json

import pytest

from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.contract.document import Contract
from app.edge.asgi import build
from app.edge.asgi_types import Headers
from app.edge.call import Answer
from app.edge.operation import ServicesSlot
from app.edge.response_check import ResponseCheck, ResponseValidator, Tier, parse_tier
from app.ledger.refusals import LoanNotFound
from tests.unit.auth.tokens import RULES, PublishedKeys, key_set
from tests.unit.edge.support import BALANCE, LOAN, POSTED, Edge, FakeHandlers, make_handlers, page


class Judge:
    """A second validator whose verdict is given beforehand, and what it was asked."""

    def __init__(self, fault: str | None = None) -> None:
        self.fault = fault
        self.asked: list[tuple[str, str, int, bytes]] = []

    def __call__(self, method: str, path: str, query: bytes, status: int, headers: Headers, body: bytes) -> str | None:
        self.asked.append((method, path, status, body))
        return self.fault


def edge_with(contract: Contract, bearer: str, tier: str, second: ResponseValidator | None = None) -> tuple[Edge, ResponseCheck]:
    check = ResponseCheck(contract, parse_tier(tier), second)
    handlers = FakeHandlers()
    authenticator = Authenticator(KeySet(PublishedKeys(key_set())), RULES)
    app = build(contract, authenticator, ServicesSlot(handlers), page, check, handlers=make_handlers(contract))
    return Edge(app, handlers, bearer), check


@pytest.mark.parametrize(
    ("text", "tier"),
    [("full", Tier(True, 0)), ("compiled", Tier(False, 0)), ("sample:1", Tier(False, 1)), ("sample:1000", Tier(False, 1000))],
)
def test_a_tier_is_parsed(text: str, tier: Tier) -> None:
    assert parse_tier(text) == tier


@pytest.mark.parametrize(
    "text", ["", "Full", "off", "sample", "sample:", "sample:0", "sample:-1", "sample:1.5", "sample:x", "sample:01"]
)
def test_another_text_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="full, compiled or sample:N"):
        parse_tier(text)


async def test_full_asks_before_it_answers(contract: Contract, bearer: str, caplog: pytest.LogCaptureFixture) -> None:
    edge, _ = edge_with(contract, bearer, "full", Judge("not what I read"))
    reply = await edge.get(f"/v1/loans/{LOAN}/balance")
    assert (reply.status, reply.code) == (500, "internal_error")
    assert "getLoanBalance/responses/200: not what I read" in caplog.text


async def test_full_asks_about_problems_of_operations_too(contract: Contract, bearer: str) -> None:
    judge = Judge()
    edge, _ = edge_with(contract, bearer, "full", judge)
    edge.handlers.answers["postPayment"] = LoanNotFound("no such loan")
    reply = await edge.post()
    assert judge.asked == [("POST", "/v1/payments", 422, reply.body)]


async def test_compiled_never_asks(contract: Contract, bearer: str) -> None:
    judge = Judge("never heard")
    edge, _ = edge_with(contract, bearer, "compiled", judge)
    assert (await edge.post()).status == 201
    assert not judge.asked


async def test_a_sample_is_judged_after_it_is_sent(contract: Contract, bearer: str, caplog: pytest.LogCaptureFixture) -> None:
    judge = Judge("not what I read")
    edge, check = edge_with(contract, bearer, "sample:3", judge)
    for _ in range(7):
        assert (await edge.post()).status == 201
    await asyncio.gather(*check.running)
    assert len(judge.asked) == 2
    assert caplog.text.count("sent, but breaks the contract: postPayment/responses/201: not what I read") == 2


async def test_openapi_core_agrees_with_good_answers(contract: Contract, bearer: str) -> None:
    edge, _ = edge_with(contract, bearer, "full")
    trace = (b"x-trace-id", b"caller-trace-1")
    assert (await edge.post(None, trace)).status == 201
    edge.handlers.answers["postPayment"] = Answer(200, json.dumps(POSTED).encode(), ((b"idempotency-replayed", b"true"),))
    assert (await edge.post()).status == 200
    assert (await edge.get(f"/v1/loans/{LOAN}/balance", trace)).json == BALANCE
    assert (await edge.get("/v1/health/live")).status == 200
    assert (await edge.get("/v1/loans/%2e%2e/balance")).fields == {"loan_id"}
    assert (await edge.post(b"{")).code == "malformed_json"
    assert (await edge.post(without="authorization")).code == "unauthenticated"
    assert (await edge.post(without="content-type")).code == "unsupported_media_type"


async def test_a_check_that_fails_itself_is_logged_and_ends_nothing(
    contract: Contract, bearer: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(method: str, path: str, query: bytes, status: int, headers: Headers, body: bytes) -> str | None:
        raise ZeroDivisionError

    edge, check = edge_with(contract, bearer, "sample:1", broken)
    assert (await edge.post()).status == 201
    await asyncio.gather(*check.running)
    assert "check by openapi-core failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_sample_that_keeps_the_contract_is_no_line_in_the_log(
    contract: Contract, bearer: str, caplog: pytest.LogCaptureFixture
) -> None:
    edge, check = edge_with(contract, bearer, "sample:1", Judge())
    await edge.post()
    await asyncio.gather(*check.running)
    assert not caplog.records
