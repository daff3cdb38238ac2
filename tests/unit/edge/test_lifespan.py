"""Start and stop of a process by ASGI's lifespan protocol."""

from collections.abc import Sequence

import pytest

from app.edge.asgi_types import Message
from app.edge.lifespan import Lifespan, Step
from tests.unit.edge.support import http_scope, page, send_request


def step(steps: list[str], name: str) -> Step:
    async def take() -> None:
        steps.append(name)

    return take


def failing_step(error: Exception) -> Step:
    async def fail() -> None:
        raise error

    return fail


async def answers_of(app: Lifespan, told: Sequence[str] = ("lifespan.startup", "lifespan.shutdown")) -> list[Message]:
    """What the application answers when the server tells it these phases."""
    phases = list(told)
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": phases.pop(0)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "lifespan"}, receive, send)
    return sent


async def test_the_process_starts_and_stops_in_turn() -> None:
    steps: list[str] = []
    sent = await answers_of(Lifespan(page, step(steps, "startup"), step(steps, "shutdown")))
    assert steps == ["startup", "shutdown"]
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_step_is_done_before_it_is_called_complete() -> None:
    steps: list[str] = []
    app = Lifespan(page, step(steps, "startup"), step(steps, "shutdown"))
    told = iter(("lifespan.startup", "lifespan.shutdown"))

    async def receive() -> Message:
        return {"type": next(told)}

    async def send(message: Message) -> None:
        steps.append(message["type"])

    await app({"type": "lifespan"}, receive, send)
    assert steps == ["startup", "lifespan.startup.complete", "shutdown", "lifespan.shutdown.complete"]


async def test_a_start_that_fails_is_reported_and_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    steps: list[str] = []
    sent = await answers_of(Lifespan(page, failing_step(OSError("no database")), step(steps, "shutdown")))
    assert sent == [{"type": "lifespan.startup.failed", "message": "no database"}]
    assert steps == []
    assert "lifespan.startup failed" in caplog.text
    assert "OSError: no database" in caplog.text


async def test_a_stop_that_fails_is_reported_too(caplog: pytest.LogCaptureFixture) -> None:
    steps: list[str] = []
    sent = await answers_of(Lifespan(page, step(steps, "startup"), failing_step(OSError("cannot close"))))
    assert sent == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.failed", "message": "cannot close"}]
    assert "lifespan.shutdown failed" in caplog.text


async def test_a_request_goes_to_the_application_behind_it() -> None:
    steps: list[str] = []
    reply = await send_request(Lifespan(page, step(steps, "startup"), step(steps, "shutdown")), http_scope("GET", "/"))
    assert (reply.status, reply.body) == (200, b"a page")
    assert steps == []
