"""The application as a whole: it needs a handler for every operation, and its middlewares treat requests only."""

from collections.abc import Callable
from functools import partial

import pytest

from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.contract.document import Contract
from app.edge.admission import Admission
from app.edge.asgi import build
from app.edge.asgi_types import ASGIApp, Receive, Scope, Send
from app.edge.handler_resolver import HandlerMissing
from app.edge.operation import ServicesSlot
from app.edge.problems import Problems
from app.edge.response_check import ResponseCheck, parse_tier
from app.edge.router import Router
from app.edge.trace import Trace
from tests.unit.auth.tokens import RULES, PublishedKeys, key_set
from tests.unit.edge.support import page


def test_an_operation_without_a_handler_stops_the_start(contract: Contract) -> None:
    authenticator = Authenticator(KeySet(PublishedKeys(key_set())), RULES)
    check = ResponseCheck(contract, parse_tier("compiled"))
    with pytest.raises(HandlerMissing, match=r"postPayment needs a function post_payment in tests\.unit\.edge\.payments"):
        build(contract, authenticator, ServicesSlot(), page, check, handlers="tests.unit.edge")


async def unused() -> None:
    raise AssertionError("nothing is received or sent")


@pytest.mark.parametrize("middleware", [Trace, Router, Problems])
async def test_what_is_no_request_passes_every_middleware_untouched(
    middleware: Callable[..., ASGIApp], contract: Contract
) -> None:
    seen: list[Scope] = []

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    check = ResponseCheck(contract, parse_tier("compiled"))
    made = (
        partial(middleware, contract=contract, response_check=check, admission=Admission())
        if middleware is Problems
        else middleware
    )
    await made(behind)({"type": "websocket"}, unused, unused)  # type: ignore[arg-type]
    assert seen == [{"type": "websocket"}]
