"""Start, stop, and the handlers that must be there."""

import pytest

from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.contract.document import Contract
from app.edge.asgi import build
from app.edge.asgi_types import Message
from app.edge.handler_resolver import HandlerMissing
from app.edge.lifespan import Lifespan
from app.edge.operation import ServicesSlot
from app.edge.response_check import ResponseCheck, parse_tier
from tests.unit.auth.tokens import AUDIENCE, ISSUER, PublishedKeys, key_set
from tests.unit.edge.support import page


async def lifespan_of(app: Lifespan) -> list[Message]:
    told = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return told.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "lifespan"}, receive, send)
    return sent


async def test_the_process_starts_and_stops_in_turn() -> None:
    steps: list[str] = []

    async def startup() -> None:
        steps.append("startup")

    async def shutdown() -> None:
        steps.append("shutdown")

    sent = await lifespan_of(Lifespan(page, startup, shutdown))
    assert steps == ["startup", "shutdown"]
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_start_that_fails_is_reported_and_ends_it() -> None:
    async def startup() -> None:
        raise OSError("no database")

    sent = await lifespan_of(Lifespan(page, startup, startup))
    assert sent == [{"type": "lifespan.startup.failed", "message": "no database"}]


def test_an_operation_without_a_handler_stops_the_start(contract: Contract) -> None:
    authenticator = Authenticator(KeySet(PublishedKeys(key_set())), ISSUER, AUDIENCE)
    check = ResponseCheck(contract, parse_tier("compiled"))
    with pytest.raises(HandlerMissing, match=r"postPayment needs a function post_payment in tests\.unit\.edge\.payments"):
        build(contract, authenticator, ServicesSlot(), page, check, handlers="tests.unit.edge")
