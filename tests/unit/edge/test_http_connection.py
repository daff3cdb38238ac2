"""The life of a connection: answers in order, refusals last, deadlines, and nothing kept for a client that is gone."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from app import limits
from app.contract.document import Contract
from app.edge.connections import Deadlines
from app.edge.http1 import Http1
from app.edge.http_exchange import HttpExchange
from tests.support.waiting import HANG_SECONDS
from tests.unit.edge.listener import PATIENT, Client, Listener, chunked, chunked_head, get, listening, post

SHORT = 0.2
GARBAGE = b"\x00 this is no HTTP \r\n\r\n"


@pytest.fixture
async def listener(contract: Contract) -> AsyncIterator[Listener]:
    async with listening(contract) as opened:
        yield opened


@pytest.fixture
def deadlines(request: pytest.FixtureRequest) -> Deadlines:
    """All far away, but the one that is named by the parameter."""
    return replace(PATIENT, **{request.param: SHORT})


@pytest.fixture
async def hurried(contract: Contract, deadlines: Deadlines) -> AsyncIterator[Listener]:
    async with listening(contract, deadlines) as opened:
        yield opened


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(HANG_SECONDS):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_requests_of_one_connection_are_answered_in_order(listener: Listener) -> None:
    listener.application.may_answer.clear()
    client = await listener.connect(get("/0"), post("/1", b"{}") + chunked("/2", b"x", b"y") + get("/3"))
    listener.application.may_answer.set()
    assert [(await client.reply()).json for _ in range(4)] == [
        {"path": f"/{number}", "bytes": size} for number, size in enumerate((0, 2, 2, 0))
    ]


async def test_however_many_requests_are_sent_at_once_all_are_answered(listener: Listener) -> None:
    client = await listener.connect()
    sending = asyncio.create_task(client.send(b"".join(get(f"/{number}") for number in range(3_000))))
    for number in range(3_000):
        assert (await client.reply()).json["path"] == f"/{number}"
    await sending


async def test_no_more_requests_than_the_limit_are_read_before_their_turn(listener: Listener) -> None:
    listener.application.may_answer.clear()
    client = await listener.connect(*[get("/") * 200] * 5)
    await until(lambda: len(listener.application.begun) == 1)
    [connection] = [each for each in listener.server.server_state.connections if isinstance(each, Http1)]
    await until(lambda: len(connection.waiting) == limits.PIPELINED_REQUESTS + 1)
    await client.send(get("/") * 200)
    await asyncio.sleep(0.1)
    assert len(connection.waiting) == limits.PIPELINED_REQUESTS + 1
    listener.application.may_answer.set()
    for _ in range(1_200):
        assert (await client.reply()).status == 200


async def test_what_waits_is_dropped_when_the_client_is_gone(listener: Listener) -> None:
    """The next answer notices it. Without the collector of cycles: nothing may be left to it."""
    listener.application.may_answer.clear()
    gc.collect()
    gc.disable()
    try:
        clients = [await listener.connect(get("/") * 50, b"GET / HT") for _ in range(5)]
        await until(lambda: len(listener.application.begun) == 5)
        assert exchanges() >= 5 * limits.PIPELINED_REQUESTS
        for client in clients:
            reset(client)
        listener.application.may_answer.set()
        await until(lambda: not listener.server.server_state.connections)
        await until(lambda: exchanges() == 0)
        await until(lambda: alive(Http1) == 0)
    finally:
        gc.enable()
    assert len(listener.application.begun) < 5 * limits.PIPELINED_REQUESTS / 2


def exchanges() -> int:
    return alive(HttpExchange)


def alive(kind: type[object]) -> int:
    return sum(isinstance(each, kind) for each in gc.get_objects())


def reset(client: Client) -> None:
    """Ends the connection at once, as a client does that crashes."""
    client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    client.writer.transport.abort()


@pytest.mark.parametrize("garbage", [GARBAGE, b"GET / HTTP/1.1\r\n\r\n", get(version=b"2.0"), get("/", b"transfer-encoding: x")])
async def test_what_is_no_request_is_refused_after_the_answer_to_the_one_before_it(listener: Listener, garbage: bytes) -> None:
    listener.application.may_answer.clear()
    for parts in ([post("/", b"{}") + garbage], [post("/", b"{}"), garbage], [chunked("/", b"{}") + get("/second") + garbage]):
        client = await listener.connect(*parts)
        listener.application.may_answer.set()
        answers = [await client.reply() for _ in range(3 if len(parts) == 1 and b"/second" in parts[0] else 2)]
        assert [answer.status for answer in answers[:-1]] == [200] * (len(answers) - 1)
        assert answers[-1].status >= 400
        assert answers[-1].headers["connection"] == "close"
        assert await client.is_closed()


@pytest.mark.parametrize("rest", [b"zz\r\n", b"-1\r\n", b"0" * 70_000, b"2\r\n{}x"])
async def test_a_body_that_turns_out_malformed_is_refused_and_was_never_handed_on(listener: Listener, rest: bytes) -> None:
    """Alone, and after another request whose answer comes first."""
    for parts in ([chunked_head("/bad"), rest], [get("/first") + chunked_head("/bad") + rest]):
        client = await listener.connect(*parts)
        statuses = [(await client.reply()).status for _ in range(len(parts[0].split(b"HTTP/1.1")) - 1)]
        assert statuses[:-1] == [200] * (len(statuses) - 1)
        assert statuses[-1] in (400, 431)
        assert await client.is_closed()
    assert "/bad" not in listener.application.bodies


async def test_after_the_last_request_nothing_is_read(listener: Listener) -> None:
    """`Connection: close` says which one that is; what follows is no request, and no reason for a refusal."""
    for more in (get("/hidden"), GARBAGE):
        client = await listener.connect(get("/last", b"connection: close") + more)
        assert (await client.reply()).json["path"] == "/last"
        assert await client.is_closed()
    assert "/hidden" not in listener.application.begun


async def test_a_request_after_a_body_that_was_asked_about_and_not_taken_is_not_read(listener: Listener) -> None:
    """The client may send the body or not, so that what follows may be either."""
    client = await listener.connect(b"POST /early HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 99\r\n\r\n")
    assert (await client.reply()).status == 401
    await client.send(get("/hidden").ljust(99) + get("/hidden"))
    assert await client.is_closed()
    assert "/hidden" not in listener.application.begun


async def test_a_client_that_sends_on_reads_its_refusal(listener: Listener) -> None:
    """Were both sides closed at once, the system would throw the answer away."""
    client = await listener.connect(GARBAGE)
    await client.send(*[b"x" * 1_000] * 20)
    assert (await client.reply()).status == 400


@pytest.mark.parametrize("deadlines", ["head"], indirect=True)
@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET / HT", b"GET / HTTP/1.1\r\nhost: a\r\nx: "])
async def test_a_request_that_does_not_begin_or_go_on_is_ended(hurried: Listener, sent: bytes) -> None:
    client = await hurried.connect(sent)
    assert (await client.reply()).status == (408 if sent else 0)
    assert await client.is_closed()


@pytest.mark.parametrize("deadlines", ["head"], indirect=True)
async def test_a_head_that_trickles_in_is_ended(hurried: Listener, contract: Contract) -> None:
    """Also one that follows another request, which is answered first."""
    for begin in (b"", get("/first")):
        client = await hurried.connect(begin + b"GET / HTTP/1.1\r\nx: ")
        reply = asyncio.create_task(client.reply())
        if begin:
            assert (await reply).status == 200
            reply = asyncio.create_task(client.reply())
        while not reply.done():
            await client.send(b"x")
            await asyncio.sleep(0.02)
        refused = await reply
        assert (refused.status, refused.json["code"]) == (408, "request_timeout")
        assert contract.problem.check(refused.json) is None


@pytest.mark.parametrize("deadlines", ["body"], indirect=True)
async def test_a_body_that_trickles_in_is_ended(hurried: Listener) -> None:
    for begin in (post("/slow", b"x" * 1_000)[:-990], chunked_head("/slow")):
        client = await hurried.connect(begin)
        reply = asyncio.create_task(client.reply())
        while not reply.done():
            await client.send(b"1\r\nx\r\n")
            await asyncio.sleep(0.05)
        assert (await reply).status == 408
    assert "/slow" not in hurried.application.bodies


@pytest.mark.parametrize("deadlines", ["body"], indirect=True)
async def test_a_body_that_keeps_the_pace_is_read(hurried: Listener) -> None:
    client = await hurried.connect(chunked_head("/"))
    for _ in range(10):
        await client.send(b"2000\r\n" + b"x" * 8_192 + b"\r\n")
        await asyncio.sleep(SHORT / 4)
    await client.send(b"0\r\n\r\n")
    assert (await client.reply()).json["bytes"] == 81_920


@pytest.mark.parametrize("deadlines", ["body"], indirect=True)
async def test_a_body_that_nobody_waits_for_any_more_has_the_same_time(hurried: Listener) -> None:
    client = await hurried.connect(post("/early", b"x" * 1_000)[:-990])
    assert (await client.reply()).status == 401
    assert await client.is_closed()


@pytest.mark.parametrize("deadlines", ["idle"], indirect=True)
async def test_an_idle_connection_is_ended_and_one_that_waits_for_its_answer_is_not(hurried: Listener) -> None:
    client = await hurried.connect(get())
    assert (await client.reply()).status == 200
    hurried.application.may_answer.clear()
    waiting = await hurried.connect(get())
    assert await client.is_closed()
    await asyncio.sleep(2 * SHORT)
    hurried.application.may_answer.set()
    assert (await waiting.reply()).status == 200


@pytest.mark.parametrize("deadlines", ["write"], indirect=True)
async def test_a_client_that_does_not_read_its_answer_is_ended(hurried: Listener) -> None:
    with socket.create_connection(("127.0.0.1", hurried.port)) as silent:
        silent.sendall(get("/large"))
        await until(lambda: hurried.application.begun == ["/large"])
        await until(lambda: not hurried.server.server_state.connections)


@pytest.mark.parametrize("deadlines", ["linger"], indirect=True)
async def test_a_client_that_sends_on_after_its_last_answer_is_ended(hurried: Listener) -> None:
    client = await hurried.connect(GARBAGE)
    assert (await client.reply()).status == 400
    await until(lambda: not hurried.server.server_state.connections)


async def test_of_too_many_connections_the_longest_idle_one_makes_room(contract: Contract) -> None:
    async with listening(contract, most=3) as listener:
        listener.application.may_answer.clear()
        busy = await listener.connect(get("/busy"))
        await until(lambda: listener.application.begun == ["/busy"])
        listener.application.may_answer.set()
        assert (await busy.reply()).status == 200
        idle = await listener.connect()
        await until(lambda: len(listener.connections.idle) == 2)
        listener.application.may_answer.clear()
        await busy.send(get("/busy"))
        unfinished = await listener.connect(b"GET /unfinished HTTP/1.1\r\n")
        await until(lambda: len(listener.connections.unfinished) == 1 and len(listener.application.begun) == 2)
        third = await listener.connect(get("/third"))
        assert await idle.is_closed()
        fourth = await listener.connect(get("/fourth"))
        assert await unfinished.is_closed()
        await until(lambda: len(listener.application.begun) == 4)
        refused = await (await listener.connect(get("/fifth"))).reply()
        assert (refused.status, refused.json["code"], refused.headers["retry-after"]) == (503, "overloaded", "1")
        assert contract.problem.check(refused.json) is None
        listener.application.may_answer.set()
        assert [(await client.reply()).status for client in (busy, third, fourth)] == [200] * 3
        assert "/fifth" not in listener.application.begun


async def test_a_connection_that_ends_leaves_its_place(contract: Contract) -> None:
    async with listening(contract, most=1) as listener:
        for _ in range(5):
            client = await listener.connect(get())
            assert (await client.reply()).status == 200
            await client.close()
            await until(lambda: not listener.server.server_state.connections)


async def test_a_server_that_stops_lets_answers_under_way_go_out(listener: Listener) -> None:
    listener.application.may_answer.clear()
    busy, idle = await listener.connect(get()), await listener.connect()
    await until(lambda: listener.application.begun == ["/"] and len(listener.connections.idle) == 1)
    for connection in list(listener.server.server_state.connections):
        connection.shutdown()
    assert await idle.is_closed()
    listener.application.may_answer.set()
    reply = await busy.reply()
    assert (reply.status, reply.headers["connection"]) == (200, "close")
