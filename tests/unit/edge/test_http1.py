"""HTTP/1.1 on a real connection: what is written together, what is done with white space, and what is not HTTP."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from uvicorn import Config, Server

from app.contract.document import Contract
from app.edge.asgi_types import Receive, Scope, Send
from app.edge.http1 import Http1, OneWrite
from app.edge.respond import COMMON, JSON, PROBLEM, send_answer
from tests.support.waiting import HANG_SECONDS


class Application:
    """Answers every request with a small JSON text, and keeps the headers it was given."""

    def __init__(self) -> None:
        self.headers: list[dict[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers.append(dict(scope["headers"]))
        await send_answer(send, 200, COMMON[JSON], b'{"ok":true}')


class Listener:
    """A server of uvicorn's on a free port of the loopback interface."""

    def __init__(self, application: Application, port: int) -> None:
        self.application = application
        self.port = port

    async def exchange(self, sent: bytes) -> tuple[str, dict[str, str], bytes]:
        """Status line, headers and body of the answer to these bytes; the connection is closed by the server."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        text = await asyncio.wait_for(reader.read(), HANG_SECONDS)
        writer.close()
        await writer.wait_closed()
        head, _, body = text.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        return status, dict(line.split(": ", 1) for line in lines), body


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    application = Application()
    config = Config(application, http=Http1, loop="none", ws="none", lifespan="off", log_config=None, server_header=False)
    server = Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await server.startup(sockets=[listening])
        yield Listener(application, listening.getsockname()[1])
        await server.shutdown(sockets=[listening])


def request(*headers: bytes) -> bytes:
    return b"\r\n".join([b"GET / HTTP/1.1", b"host: localhost", b"connection: close", *headers, b"", b""])


async def test_a_request_is_answered(listener: Listener) -> None:
    status, headers, body = await listener.exchange(request())
    assert status == "HTTP/1.1 200 OK"
    assert body == b'{"ok":true}'
    assert (headers["content-type"], headers["content-length"]) == (JSON, "11")


@pytest.mark.parametrize("value", [b"a b", b"a b ", b"a b \t", b"  a b\t\t"])
async def test_white_space_around_a_header_value_does_not_belong_to_it(listener: Listener, value: bytes) -> None:
    await listener.exchange(request(b"x-trace-id:" + value))
    [headers] = listener.application.headers
    assert headers[b"x-trace-id"] == b"a b"


@pytest.mark.parametrize(
    "sent",
    [
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        request(b"x: a\x00b"),
        request(b"content-length: 1", b"content-length: 2"),
        request(b"transfer-encoding: chunked", b"content-length: 2"),
    ],
)
async def test_what_is_not_http_is_a_problem_and_never_reaches_the_application(
    listener: Listener, sent: bytes, contract: Contract
) -> None:
    status, headers, body = await listener.exchange(sent)
    assert status == "HTTP/1.1 400 Bad Request"
    assert headers["content-type"] == PROBLEM
    assert headers["connection"] == "close"
    assert headers["cache-control"] == "no-store"
    assert headers["content-length"] == str(len(body))
    assert not listener.application.headers
    assert contract.problem.check(json.loads(body)) is None


async def test_the_problem_is_that_of_the_catalogue_and_has_a_trace_of_its_own(listener: Listener, contract: Contract) -> None:
    first, second = [json.loads((await listener.exchange(b"GET\r\n\r\n"))[2]) for _ in range(2)]
    listed = contract.problems["validation_failed"]
    assert (first["code"], first["title"], first["status"]) == (listed.code, listed.title, listed.status)
    assert first["trace_id"] != second["trace_id"]


class Transport:
    """What a transport was told, in order."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.is_gone = False

    def write(self, data: bytes) -> None:
        self.told.append(data)

    def close(self) -> None:
        self.told.append("close")

    def is_closing(self) -> bool:
        return self.is_gone

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


@pytest.fixture
def transport() -> Transport:
    return Transport()


def one_write(transport: Transport) -> OneWrite:
    return OneWrite(transport, asyncio.get_running_loop())  # type: ignore[arg-type]


async def next_iteration() -> None:
    await asyncio.sleep(0)


async def test_what_is_written_during_one_iteration_is_sent_by_one_call(transport: Transport) -> None:
    writer = one_write(transport)
    writer.write(b"head")
    writer.write(b"body")
    assert transport.told == []
    await next_iteration()
    assert transport.told == [b"headbody"]


async def test_what_is_written_later_is_sent_by_another_call(transport: Transport) -> None:
    writer = one_write(transport)
    for part in (b"first", b"second"):
        writer.write(part)
        await next_iteration()
    assert transport.told == [b"first", b"second"]


async def test_closing_sends_what_waits_first_and_nothing_twice(transport: Transport) -> None:
    writer = one_write(transport)
    writer.write(b"last")
    writer.close()
    await next_iteration()
    assert transport.told == [b"last", "close"]


async def test_nothing_is_sent_on_a_connection_that_is_closing(transport: Transport) -> None:
    writer = one_write(transport)
    writer.write(b"too late")
    transport.is_gone = True
    await next_iteration()
    assert transport.told == []


async def test_everything_else_is_asked_of_the_transport_itself(transport: Transport) -> None:
    assert one_write(transport).get_extra_info("peername") == "the peername"
