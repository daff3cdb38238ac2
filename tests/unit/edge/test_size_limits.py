"""Sizes: of the headers together, of a body that announces its length, and of one that does not."""

import json

import pytest

from app import limits
from app.edge.asgi_types import Message
from tests.unit.edge.support import PAYMENT, TYPED_PAYMENT, Edge, http_scope, send_request


async def test_headers_above_the_limit_are_a_431(edge: Edge) -> None:
    reply = await edge.post(None, (b"x-large", b"x" * limits.HEADER_BYTES))
    assert (reply.status, reply.code) == (431, "headers_too_large")


async def test_many_small_headers_count_too(edge: Edge) -> None:
    many = [(b"x-%d" % number, b"") for number in range(limits.HEADER_BYTES // 8)]
    reply = await edge.post(None, *many)
    assert (reply.status, reply.code) == (431, "headers_too_large")


async def test_headers_below_the_limit_pass(edge: Edge) -> None:
    assert (await edge.post(None, (b"x-large", b"x" * (limits.HEADER_BYTES - 4096)))).status == 201


@pytest.mark.parametrize("length", [str(limits.BODY_BYTES + 1).encode(), b"9" * 30, b"-1", b"", b"1e3", b"\xb2"])
async def test_a_body_announced_too_large_is_a_413_before_it_is_read(edge: Edge, length: bytes) -> None:
    async def receive() -> Message:
        raise AssertionError("the body is not asked for")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await edge.app(http_scope("POST", "/v1/payments", edge.headers((b"content-length", length))), receive, send)
    assert sent[0]["status"] == 413


async def test_a_chunked_body_is_counted(edge: Edge) -> None:
    chunk = b" " * (limits.BODY_BYTES // 4)
    reply = await send_request(edge.app, http_scope("POST", "/v1/payments", edge.headers()), *[chunk] * 4, b"{}")
    assert (reply.status, reply.code) == (413, "payload_too_large")


async def test_a_chunked_body_within_the_limit_is_read_whole(edge: Edge) -> None:
    text = json.dumps(PAYMENT).encode()
    chunks = [text[start : start + 7] for start in range(0, len(text), 7)]
    reply = await send_request(edge.app, http_scope("POST", "/v1/payments", edge.headers()), *chunks)
    assert reply.status == 201
    assert edge.handlers.calls[0].body == TYPED_PAYMENT


async def test_a_body_of_exactly_the_limit_is_read(edge: Edge) -> None:
    text = json.dumps(PAYMENT).encode().ljust(limits.BODY_BYTES)
    assert (await edge.post(text)).status == 201


async def test_a_client_that_leaves_is_answered_nothing(edge: Edge) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await edge.app(http_scope("POST", "/v1/payments", edge.headers()), receive, send)
    assert not sent
    assert not edge.handlers.calls
