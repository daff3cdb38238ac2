"""One request and its answer as ASGI messages: what goes out, in how many writes, and what an application may not do."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app.edge.asgi_types import Receive, Scope, Send
from app.edge.http_exchange import HttpExchange

OK = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]}
STREAMED = {"type": "http.response.start", "status": 200, "headers": []}


class FakeChannel:
    """A connection that keeps what was written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = 0
        self.ended: list[HttpExchange] = []
        self.forgotten: list[HttpExchange] = []
        self.server_state = SimpleNamespace(default_headers=[(b"date", b"now")])
        self.writer = SimpleNamespace(write=self.written.append)
        self.flow = SimpleNamespace(write_paused=False, drain=self._drain, resume_reading=lambda: None)
        self.drained = 0

    def close(self) -> None:
        self.closed += 1

    async def _drain(self) -> None:
        self.drained += 1

    def end_exchange(self, exchange: HttpExchange) -> None:
        self.ended.append(exchange)

    def forget(self, exchange: HttpExchange) -> None:
        self.forgotten.append(exchange)

    def exchange(self, method: str = "GET", **options: Any) -> HttpExchange:
        return HttpExchange(self, {"type": "http", "method": method}, **{"may_last": True, **options})


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


def body(part: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": part, "more_body": more}


async def send(exchange: HttpExchange, *messages: dict[str, Any]) -> None:
    for message in messages:
        await exchange.send(message)


async def test_head_and_body_are_one_write(channel: FakeChannel) -> None:
    exchange = channel.exchange()
    await send(exchange, OK, body(b"text"))
    assert channel.written == [b"HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 4\r\n\r\ntext"]
    assert (channel.ended, channel.closed) == ([exchange], 0)


async def test_a_body_in_parts_goes_out_part_by_part(channel: FakeChannel) -> None:
    await send(channel.exchange(), OK, body(b"te", more=True), body(b"xt"))
    assert [data[-2:] for data in channel.written] == [b"te", b"xt"]


async def test_a_body_of_unknown_length_is_chunked(channel: FakeChannel) -> None:
    await send(channel.exchange(), STREAMED, body(b"", more=True), body(b"first", more=True), body(b"2"))
    assert channel.written == [
        b"HTTP/1.1 200 OK\r\ndate: now\r\ntransfer-encoding: chunked\r\n\r\n",
        b"5\r\nfirst\r\n",
        b"1\r\n2\r\n0\r\n\r\n",
    ]


async def test_head_is_answered_without_the_body_but_with_its_length(channel: FakeChannel) -> None:
    await send(channel.exchange("HEAD"), OK, body(b"text"))
    assert channel.written == [b"HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 4\r\n\r\n"]


@pytest.mark.parametrize("status", [204, 304])
async def test_a_status_without_body_announces_none(channel: FakeChannel, status: int) -> None:
    await send(channel.exchange(), {**STREAMED, "status": status}, body(b""))
    [head] = channel.written
    assert b"transfer-encoding" not in head
    assert head.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("headers", [[], [(b"connection", b"Close")]])
async def test_the_connection_ends_where_client_or_application_ask_for_it(channel: FakeChannel, headers: list[Any]) -> None:
    exchange = channel.exchange(may_last=bool(headers))
    await send(exchange, {**OK, "headers": [(b"content-length", b"4"), *headers]}, body(b"text"))
    assert channel.written[0].lower().count(b"connection: close\r\n") == 1
    assert channel.closed == 1


@pytest.mark.parametrize("header", [(b"x", b"a\r\nb: c"), (b"x", b"a\n"), (b"x", b"a\r"), (b"x\r\ny", b"a"), (b"x", b"\0")])
async def test_a_header_cannot_break_out_of_its_line(channel: FakeChannel, header: tuple[bytes, bytes]) -> None:
    with pytest.raises(RuntimeError, match="line break"):
        await channel.exchange().send({**OK, "headers": [header]})
    assert channel.written == []


@pytest.mark.parametrize("parts", [[b"texts"], [b"te", b"xts"], [b"tex"]])
async def test_an_answer_is_as_long_as_it_says(channel: FakeChannel, parts: list[bytes]) -> None:
    exchange = channel.exchange()
    await exchange.send(OK)
    *first, last = parts
    for part in first:
        await exchange.send(body(part, more=True))
    with pytest.raises(RuntimeError, match="as long as"):
        await exchange.send(body(last))


@pytest.mark.parametrize("messages", [[body(b"")], [OK, OK], [OK, body(b"text"), body(b"")], [OK, body(b"text"), OK]])
async def test_messages_come_in_their_order(channel: FakeChannel, messages: list[dict[str, Any]]) -> None:
    with pytest.raises(RuntimeError, match="out of turn"):
        await send(channel.exchange(), *messages)


async def test_an_answer_waits_for_a_client_that_does_not_read(channel: FakeChannel) -> None:
    channel.flow.write_paused = True
    await send(channel.exchange(), OK, body(b"text"))
    assert channel.drained == 2


async def test_an_abandoned_exchange_sends_nothing_and_receives_the_end(channel: FakeChannel) -> None:
    exchange = channel.exchange()
    waiting = asyncio.ensure_future(exchange.receive())
    await asyncio.sleep(0)
    exchange.abandon()
    assert await waiting == {"type": "http.disconnect"}
    await send(exchange, OK, body(b"text"))
    assert (channel.written, channel.ended) == ([], [])


async def test_a_body_is_received_as_it_arrives(channel: FakeChannel) -> None:
    exchange = channel.exchange()
    exchange.add(b"a")
    exchange.add(b"b")
    assert exchange.waiting_bytes == 2
    assert await exchange.receive() == {"type": "http.request", "body": b"ab", "more_body": True}
    assert exchange.waiting_bytes == 0
    waiting = asyncio.ensure_future(exchange.receive())
    await asyncio.sleep(0)
    exchange.add(b"c")
    assert (await waiting)["body"] == b"c"
    exchange.complete()
    assert await exchange.receive() == {"type": "http.request", "body": b"", "more_body": False}


async def test_after_the_answer_whoever_receives_learns_that_it_is_over(channel: FakeChannel) -> None:
    exchange = channel.exchange()
    exchange.complete()
    await exchange.receive()
    waiting = [asyncio.ensure_future(exchange.receive()) for _ in range(2)]
    await asyncio.sleep(0)
    await send(exchange, OK, body(b"text"))
    assert [await each for each in waiting] == [{"type": "http.disconnect"}] * 2


async def test_a_client_is_asked_for_its_body_once(channel: FakeChannel) -> None:
    exchange = channel.exchange(expects_continue=True)
    for part in (b"a", b"b"):
        exchange.add(part)
        await exchange.receive()
    assert channel.written == [b"HTTP/1.1 100 Continue\r\n\r\n"]


async def test_a_client_that_was_answered_is_not_asked_for_its_body(channel: FakeChannel) -> None:
    exchange = channel.exchange(expects_continue=True)
    await send(exchange, OK, body(b"text"))
    await exchange.receive()
    assert not any(b"100 Continue" in data for data in channel.written)


async def fails_at_once(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError


async def ends_at_once(scope: Scope, receive: Receive, send: Send) -> None:
    pass


async def fails_before_its_body(scope: Scope, receive: Receive, send: Send) -> None:
    await send(dict(STREAMED))
    raise ValueError


async def says_a_wrong_length(scope: Scope, receive: Receive, send: Send) -> None:
    await send(dict(OK))
    await send(body(b"texts"))


async def is_cancelled(scope: Scope, receive: Receive, send: Send) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize("app", [fails_at_once, ends_at_once, fails_before_its_body, says_a_wrong_length, is_cancelled])
async def test_an_application_that_fails_before_it_sent_anything_is_a_500(channel: FakeChannel, app: Any) -> None:
    exchange = channel.exchange()
    await exchange.run(app)
    [answer] = channel.written
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert answer.endswith(b"content-length: 21\r\n\r\nInternal Server Error")
    assert channel.closed == 1
    assert channel.forgotten == [exchange]


async def test_one_that_fails_later_ends_the_connection(channel: FakeChannel) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(dict(OK))
        await send(body(b"te", more=True))
        raise ValueError

    await channel.exchange().run(app)
    assert len(channel.written) == 1
    assert channel.closed == 1


async def test_one_whose_client_is_gone_need_not_answer(channel: FakeChannel, caplog: pytest.LogCaptureFixture) -> None:
    exchange = channel.exchange()
    exchange.abandon()
    await exchange.run(ends_at_once)
    assert caplog.records == []
    assert channel.forgotten == [exchange]
