"""Rate limits at the edge: which requests count, what a limited answer says, and what a refused one leaves alone."""

import pytest

from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.contract.document import Contract
from app.edge.asgi import build
from app.edge.operation import ServicesSlot
from app.edge.rate_limit import RateLimiter
from app.edge.response_check import ResponseCheck, parse_tier
from app.edge.token_buckets import BUCKET_CELLS, TokenBuckets
from app.observability.shared_memory import SharedMemory
from tests.unit.auth.tokens import RULES, PublishedKeys, key_set
from tests.unit.edge.support import LOAN, Edge, FakeHandlers, make_handlers, page

BALANCE = f"/v1/loans/{LOAN}/balance"
RATE, BURST = 2, 3


@pytest.fixture
def edge(contract: Contract, bearer: str) -> Edge:
    """Limited, with a clock that stands still."""
    limiter = RateLimiter(TokenBuckets(SharedMemory(BUCKET_CELLS), RATE, BURST, 1, lambda: 10**12), RATE, BURST)
    check = ResponseCheck(contract, parse_tier("full"))
    authenticator = Authenticator(KeySet(PublishedKeys(key_set())), RULES)
    slot = ServicesSlot(FakeHandlers())
    app = build(contract, authenticator, slot, page, check, handlers=make_handlers(contract), limiter=limiter)
    return Edge(app, slot.services, bearer)


async def test_a_burst_is_answered_and_the_next_request_refused_until_there_is_one_again(edge: Edge) -> None:
    replies = [await edge.get(BALANCE) for _ in range(BURST + 1)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert [reply.header("ratelimit") for reply in replies] == [
        '"tenant";r=2', '"tenant";r=1', '"tenant";r=0', '"tenant";r=0;t=1'
    ]  # fmt: skip
    assert {reply.header("ratelimit-policy") for reply in replies} == {'"tenant";q=3;w=2'}
    assert [reply.header("retry-after") for reply in replies] == [None, None, None, "1"]
    assert replies[-1].code == "rate_limited"
    assert len(edge.handlers.calls) == BURST


async def test_every_request_with_a_valid_token_counts_whatever_else_is_wrong_with_it(edge: Edge) -> None:
    assert (await edge.get("/v1/loans/nonsense/balance")).status == 400
    assert (await edge.post(b"{")).status == 400
    assert (await edge.get(BALANCE, query=b"page=1")).header("ratelimit") == '"tenant";r=0'


async def test_requests_without_a_valid_token_count_for_nobody(edge: Edge) -> None:
    for reply in [await edge.get(BALANCE, without="authorization"), await edge.get("/v1/nowhere"), await edge.get("/docs")]:
        assert reply.header("ratelimit") is None
    for _ in range(2 * BURST):
        assert (await edge.get("/v1/health/live")).status == 200
    assert (await edge.get(BALANCE)).header("ratelimit") == '"tenant";r=2'


async def test_a_refused_posting_reaches_no_handler(edge: Edge) -> None:
    for _ in range(BURST):
        await edge.get(BALANCE)
    assert (await edge.post()).status == 429
    assert all(call.operation_id != "postPayment" for call in edge.handlers.calls)
