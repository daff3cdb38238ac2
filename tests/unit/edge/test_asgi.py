"""The application as a whole: it is not built without a handler for every operation, and its middlewares stand in order."""

import pytest

from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.contract.document import Contract
from app.edge.asgi import build
from app.edge.handler_resolver import HandlerMissing
from app.edge.operation import ServicesSlot
from app.edge.response_check import ResponseCheck, parse_tier
from tests.unit.auth.tokens import AUDIENCE, ISSUER, PublishedKeys, key_set
from tests.unit.edge.support import page


def test_an_operation_without_a_handler_stops_the_start(contract: Contract) -> None:
    authenticator = Authenticator(KeySet(PublishedKeys(key_set())), ISSUER, AUDIENCE)
    check = ResponseCheck(contract, parse_tier("compiled"))
    with pytest.raises(HandlerMissing, match=r"postPayment needs a function post_payment in tests\.unit\.edge\.payments"):
        build(contract, authenticator, ServicesSlot(), page, check, handlers="tests.unit.edge")
