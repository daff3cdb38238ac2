"""Connexion hosts the operations: each is compiled once, at start, from the contract and the function that Connexion found."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.contract.document import Contract
from app.contract.routing_view import BASE_PATH
from app.edge.asgi_types import Receive, Scope, Send
from app.edge.connexion_host import ConnexionHost, OperationMaker, Operations
from app.edge.handler_resolver import HandlerResolver
from app.edge.operation import ServicesSlot
from app.edge.response_check import ResponseCheck, parse_tier
from app.edge.router import Router
from app.edge.trace import Trace
from tests.unit.auth.tokens import RULES, PublishedKeys, key_set
from tests.unit.edge.support import FakeHandlers, answer_as_told, http_scope, make_handlers, page, send_request


@pytest.fixture
def maker(contract: Contract) -> OperationMaker:
    authenticator = Authenticator(KeySet(PublishedKeys(key_set())), RULES)
    slot = ServicesSlot(FakeHandlers())
    return OperationMaker(contract, authenticator, slot, ResponseCheck(contract, parse_tier("compiled")))


@pytest.fixture
def host(contract: Contract, maker: OperationMaker) -> ConnexionHost:
    """With the operations of the contract, and not compiled yet."""
    middlewares: list[Any] = [Router, partial(Operations, maker=maker)]
    host = ConnexionHost(page, middlewares=middlewares)
    resolver = HandlerResolver(contract.operations, make_handlers(contract))
    host.add_api(contract.routing_view(), base_path=BASE_PATH, resolver=resolver)
    return host


def operations_of(host: ConnexionHost) -> Operations:
    [operations] = [each for each in host.middleware_stack or () if isinstance(each, Operations)]
    return operations


def test_an_operation_is_made_of_its_description_and_of_the_function_that_connexion_found(maker: OperationMaker) -> None:
    made = maker.make(SimpleNamespace(operation_id="postPayment", function=answer_as_told))
    assert (made.operation_id, made.handler, made.needed) == ("postPayment", answer_as_told, "hpts:payments:write")
    assert made.slot is maker.slot
    assert made.authenticator is maker.authenticator
    assert made.response_check is maker.response_check


def test_an_operation_that_the_contract_does_not_have_is_not_made(maker: OperationMaker) -> None:
    with pytest.raises(KeyError, match="postRefinance"):
        maker.make(SimpleNamespace(operation_id="postRefinance", function=answer_as_told))


def test_every_operation_is_compiled_at_start_and_not_by_the_first_request(host: ConnexionHost, contract: Contract) -> None:
    host.compile()
    [api] = operations_of(host).apis[BASE_PATH]
    assert api.operations.keys() == contract.operations.keys()


async def test_the_first_request_meets_the_operations_that_were_compiled_at_start(host: ConnexionHost) -> None:
    host.compile()
    compiled = operations_of(host)
    reply = await send_request(Trace(host), http_scope("GET", "/v1/health/live"))
    assert (reply.status, reply.json["status"]) == (200, "ok")
    assert operations_of(host) is compiled


async def test_a_path_outside_the_api_goes_to_the_application_behind_it(host: ConnexionHost) -> None:
    host.compile()
    reply = await send_request(Trace(host), http_scope("GET", "/docs"))
    assert reply.body == b"a page"


async def test_what_is_no_request_goes_to_the_application_behind_it(maker: OperationMaker) -> None:
    seen: list[str] = []

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    await Operations(behind, maker)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]
    assert seen == ["lifespan"]
