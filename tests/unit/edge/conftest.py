"""The edge as a whole, over one contract and one issuer."""

import pytest

from app.contract.document import Contract, load
from app.edge.asgi import build
from app.edge.asgi_types import ASGIApp
from app.edge.auth import Authenticator
from app.edge.operation import LedgerSlot
from app.edge.response_check import ResponseCheck, parse_tier
from app.security.keys import KeySet
from tests.unit.edge.support import Desk, Edge, make_handlers, page
from tests.unit.edge.tokens import AUDIENCE, ISSUER, PublishedKeys, key_set, token


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture(scope="session")
def bearer() -> str:
    return token()


@pytest.fixture(scope="session")
def slot() -> LedgerSlot:
    return LedgerSlot()


@pytest.fixture(scope="session")
def application(contract: Contract, slot: LedgerSlot) -> ASGIApp:
    """The edge, compiled once; it answers from the desk that is in the slot."""
    check = ResponseCheck(contract, parse_tier("compiled"))
    authenticator = Authenticator(KeySet(PublishedKeys(key_set())), ISSUER, AUDIENCE)
    return build(contract, authenticator, slot, page, check, handlers=make_handlers(contract))


@pytest.fixture
def edge(application: ASGIApp, slot: LedgerSlot, bearer: str) -> Edge:
    """With a desk of this test's own."""
    slot.ledger = Desk()
    return Edge(application, slot.ledger, bearer)
