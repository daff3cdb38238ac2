"""The edge as a whole, over one contract and one issuer."""

import pytest

from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.contract.document import Contract, load
from app.edge.asgi import build
from app.edge.asgi_types import ASGIApp
from app.edge.operation import ServicesSlot
from app.edge.response_check import ResponseCheck, parse_tier
from tests.unit.auth.tokens import RULES, PublishedKeys, key_set, token
from tests.unit.edge.support import Edge, FakeHandlers, make_handlers, page


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture
def bearer() -> str:
    """A token of the moment: one for the whole session would expire in a session that takes longer than it is valid."""
    return token()


@pytest.fixture(scope="session")
def slot() -> ServicesSlot:
    return ServicesSlot()


@pytest.fixture(scope="session")
def application(contract: Contract, slot: ServicesSlot) -> ASGIApp:
    """The edge, compiled once; it answers from the fake handlers that are in the slot."""
    check = ResponseCheck(contract, parse_tier("compiled"))
    authenticator = Authenticator(KeySet(PublishedKeys(key_set())), RULES)
    return build(contract, authenticator, slot, page, check, handlers=make_handlers(contract))


@pytest.fixture
def edge(application: ASGIApp, slot: ServicesSlot, bearer: str) -> Edge:
    """With fake handlers of this test's own."""
    slot.services = FakeHandlers()
    return Edge(application, slot.services, bearer)
