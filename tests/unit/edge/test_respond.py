"""A complete answer: one start with its length, one body, and headers that forbid caching and sniffing."""

import pytest

from app.edge.asgi_types import Message
from app.edge.respond import COMMON, JSON, PROBLEM, send_answer


async def messages_of(status: int, body: bytes) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await send_answer(send, status, (*COMMON[JSON], (b"allow", b"GET")), body)
    return sent


async def test_an_answer_is_a_start_and_one_body() -> None:
    start, body = await messages_of(201, b'{"a":1}')
    assert (start["type"], start["status"]) == ("http.response.start", 201)
    assert body == {"type": "http.response.body", "body": b'{"a":1}'}


@pytest.mark.parametrize(("body", "length"), [(b"", b"0"), (b"{}", b"2"), ("é".encode(), b"2")])
async def test_the_length_counts_the_bytes_of_the_body(body: bytes, length: bytes) -> None:
    start, _ = await messages_of(200, body)
    assert start["headers"] == [*COMMON[JSON], (b"allow", b"GET"), (b"content-length", length)]


@pytest.mark.parametrize("media_type", [JSON, PROBLEM])
def test_every_answer_names_its_media_type_and_may_be_neither_kept_nor_guessed_at(media_type: str) -> None:
    assert dict(COMMON[media_type]) == {
        b"content-type": media_type.encode(),
        b"cache-control": b"no-store",
        b"x-content-type-options": b"nosniff",
    }
