"""HTTP/1.1 on a real connection: how much a client may send, what is refused, and with which answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app import limits
from app.contract.document import Contract
from app.edge.respond import JSON, PROBLEM
from tests.support.certificates import PARTNER_HOST
from tests.unit.edge.listener import Listener, Reply, chunked, chunked_head, get, listening, post

START = b"GET / HTTP/1.1\r\nhost: localhost\r\n"
LITTLE = b"x" * 100
ENDLESS: dict[str, tuple[bytes, bytes, int]] = {
    "a header value": (START + b"x: ", LITTLE, 431),
    "a header name": (START, LITTLE, 431),
    "white space before a value": (START + b"x:", b" " * 100, 431),
    "small headers": (START, b"x: y\r\n" * 20, 431),
    "headers without a value": (START, b"x:\r\n" * 20, 431),
    "cookies": (START, b"cookie: a=b\r\n" * 10, 431),
    "a URL": (b"GET /", LITTLE, 414),
    "a query": (b"GET /?", b"a=b&" * 25, 414),
    "spaces before the URL": (b"GET ", b" " * 100, 431),
    "empty lines before a request": (b"", b"\r\n" * 50, 431),
    "a method": (b"", b"A" * 100, 400),
    "folded lines": (START + b"x: y\r\n", b" y\r\n" * 20, 400),
    "trailers": (chunked_head("/") + b"0\r\n", b"x: y\r\n" * 20, 431),
    "a trailer": (chunked_head("/") + b"0\r\nx: ", LITTLE, 431),
    "a chunk extension": (chunked_head("/") + b"1;x=", LITTLE, 431),
    "chunk extensions": (chunked_head("/"), b"1;" + LITTLE + b"\r\n \r\n", 431),
    "a chunk size": (chunked_head("/"), b"0" * 100, 431),
}
"""What never ends: how it begins, how it goes on, and how it is answered."""


@pytest.fixture
async def listener(contract: Contract) -> AsyncIterator[Listener]:
    async with listening(contract) as opened:
        yield opened


def assert_problem(reply: Reply, status: int, contract: Contract) -> None:
    problem = reply.json
    listed = contract.problems[problem["code"]]
    assert (reply.status, problem["status"], listed.status) == (status, status, status)
    assert problem["title"] == listed.title
    assert contract.problem.check(problem) is None
    assert reply.headers["content-type"] == PROBLEM
    assert reply.headers["connection"] == "close"
    assert reply.headers["cache-control"] == "no-store"


async def test_a_request_is_answered(listener: Listener) -> None:
    reply = await listener.exchange(get("/a%20b?c=d"))
    assert (reply.status, reply.json) == (200, {"path": "/a b", "bytes": 0})
    assert (reply.headers["content-type"], reply.headers["content-length"]) == (JSON, str(len(reply.body)))


@pytest.mark.parametrize("value", [b"a b", b"a b ", b"a b \t", b"  a b\t\t"])
async def test_white_space_around_a_header_value_does_not_belong_to_it(listener: Listener, value: bytes) -> None:
    await listener.exchange(get("/", b"x-trace-id:" + value))
    [headers] = listener.application.headers
    assert headers[b"x-trace-id"] == b"a b"


async def test_a_head_has_no_more_room_after_another_request(listener: Listener, contract: Contract) -> None:
    """What the request before it had sent is not added to its limit."""
    client = await listener.connect(get("/", b"x: " + b"y" * 20_000))
    assert (await client.reply()).status == 200
    await client.send(get("/", b"x: " + b"y" * limits.HEADER_BYTES))
    assert_problem(await client.reply(), 431, contract)


@pytest.mark.parametrize("what", ENDLESS)
@pytest.mark.parametrize("size", [1_000, 200_000])
async def test_what_never_ends_is_refused_and_the_connection_closed(
    listener: Listener, contract: Contract, what: str, size: int
) -> None:
    """In small segments and in large ones; before twice the limit was sent, as far as the system's own buffers let it be seen."""
    begin, more, status = ENDLESS[what]
    client = await listener.connect(begin)
    answer = asyncio.create_task(client.reply())
    part = more * (size // len(more))
    while not answer.done():
        await client.send(part)
        await asyncio.sleep(0.001)
    assert_problem(await answer, status, contract)
    assert await client.is_closed()
    assert all(len(joined) <= limits.HEADER_BYTES for joined in listener.application.bodies.values())


@pytest.mark.parametrize("pieces", [1, 7])
async def test_a_head_of_the_largest_size_is_read(listener: Listener, pieces: int) -> None:
    sent = (START + b"x: ").ljust(limits.HEADER_BYTES - len(b"\r\n\r\n"), b"y") + b"\r\n\r\n"
    size = len(sent) // pieces + 1
    reply = await listener.exchange(*[sent[start : start + size] for start in range(0, len(sent), size)])
    assert reply.status == 200


@pytest.mark.parametrize(("count", "status"), [(99, 200), (100, 431)])
async def test_a_request_has_100_header_fields_at_most(listener: Listener, count: int, status: int) -> None:
    """With Host."""
    assert (await listener.exchange(get("/", *[b"x-%d: y" % number for number in range(count)]))).status == status


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 431)])
async def test_a_body_has_100_trailer_fields_at_most(listener: Listener, count: int, status: int) -> None:
    trailers = b"".join(b"x-%d: y\r\n" % number for number in range(count))
    assert (await listener.exchange(chunked("/", b"{}", trailers=trailers))).status == status


async def test_trailers_are_dropped_in_whatever_segments_they_come(listener: Listener) -> None:
    sent = chunked("/", b"{}", trailers=b"authorization: Bearer x\r\nidempotency-key: trailing:1\r\n")
    end = sent.index(b"0\r\nauthorization")
    for parts in ([sent], [sent[:end], sent[end:]], [sent[: end + 20], sent[end + 20 :]]):
        assert (await listener.exchange(*parts)).status == 200
        assert set(listener.application.headers[-1]) == {b"host", b"transfer-encoding"}


@pytest.mark.parametrize("size", [limits.BODY_BYTES, limits.LARGEST_BODY_BYTES])
async def test_a_body_up_to_the_largest_size_is_read(listener: Listener, size: int) -> None:
    body = b"x" * size
    for sent in (post("/", body), chunked("/", *[body[start : start + 4_096] for start in range(0, size, 4_096)])):
        reply = await listener.exchange(sent)
        assert reply.json["bytes"] == size


async def test_a_body_in_chunks_of_one_byte_is_read(listener: Listener) -> None:
    assert (await listener.exchange(chunked("/", *[b"x"] * 10_000))).json["bytes"] == 10_000


async def test_a_body_beyond_the_largest_size_is_refused_however_it_comes(listener: Listener, contract: Contract) -> None:
    size = limits.LARGEST_BODY_BYTES + 1
    announced = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n" % size
    for sent in (announced, announced.replace(b"POST", b"GET"), chunked("/", *[b"x" * (size // 2 + 1)] * 2)):
        assert_problem(await listener.exchange(sent), 413, contract)


async def test_of_a_body_that_is_answered_already_no_more_than_the_usual_is_thrown_away(listener: Listener) -> None:
    client = await listener.connect(chunked_head("/early"))
    assert (await client.reply()).status == 401
    ended = asyncio.create_task(client.is_closed())
    while not ended.done():
        await client.send(b"400\r\n" + b"x" * 1_024 + b"\r\n")
        await asyncio.sleep(0.001)
    assert await ended


async def test_a_connection_goes_on_after_a_body_that_was_not_asked_for(listener: Listener) -> None:
    client = await listener.connect(post("/early", b"x" * limits.BODY_BYTES), get("/next"))
    assert [(await client.reply()).status for _ in range(2)] == [401, 200]


@pytest.mark.parametrize(
    "sent",
    [
        b"GET\r\n\r\n",
        b"GET /\r\n\r\n",
        get(version=b"0.9"),
        get(version=b"10.0"),
        get(version=b"1.1x"),
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\nhost: localhost\n\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n",
        get("http://localhost"),
        get("nowhere"),
        get("/", b"x: a\x00b"),
        get("/", b"content-length: 1", b"content-length: 2"),
        get("/", b"transfer-encoding: chunked", b"content-length: 2"),
        get("/", b"transfer-encoding: chunked, chunked"),
        get("/", b"transfer-encoding: chunked", b"transfer-encoding: chunked"),
        get("/", b"transfer-encoding:"),
        get("/", b"transfer-encoding: chunked", version=b"1.0"),
        get(host=None),
        get("/", b"host: localhost"),
        get("/", b"host: localhost", version=b"1.0"),
        get(host=b"a b"),
        get(host=b"a/b"),
        get(host=b"localhost:port"),
        get(host=b"localhost, localhost"),
    ],
)
async def test_what_is_not_http_never_reaches_the_application(listener: Listener, sent: bytes, contract: Contract) -> None:
    assert_problem(await listener.exchange(sent), 400, contract)
    assert not listener.application.begun


@pytest.mark.parametrize("host", [b"localhost", b"localhost:3000", b"[::1]:3000", b"", b"127.0.0.1", b"a-b.example_c"])
async def test_a_host_may_have_a_port(listener: Listener, host: bytes) -> None:
    assert (await listener.exchange(get(host=host))).status == 200


async def test_a_target_with_another_host_never_reaches_the_application(listener: Listener, contract: Contract) -> None:
    assert_problem(await listener.exchange(get("http://other.example/")), 421, contract)
    assert not listener.application.begun
    assert (await listener.exchange(get("http://localhost:3000/x"))).status == 200


async def test_a_partner_host_answers_nothing_but_its_own_refusal_to_what_is_no_http(
    listener: Listener, contract: Contract
) -> None:
    """As far as the host was read: what is refused before that has no host."""
    for headers in ([b"transfer-encoding: gzip"], [b"content-length: 99999999"], [b"x: %d" % each for each in range(200)]):
        assert_problem(await listener.exchange(get("/", *headers, host=PARTNER_HOST.encode())), 403, contract)


async def test_before_1_1_no_host_is_needed(listener: Listener) -> None:
    reply = await listener.exchange(get(host=None, version=b"1.0"))
    assert (reply.status, reply.headers["connection"]) == (200, "close")


async def test_a_later_1_x_is_served_as_1_1(listener: Listener) -> None:
    assert (await listener.exchange(get(version=b"1.2"))).status == 200


@pytest.mark.parametrize("sent", [get(version=b"2.0"), get(version=b"9.9"), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
async def test_http_2_and_above_is_a_505(listener: Listener, sent: bytes, contract: Contract) -> None:
    assert_problem(await listener.exchange(sent), 505, contract)


@pytest.mark.parametrize(
    "coding", [b"gzip", b"gzip, chunked", b"chunked, gzip", b"identity", b"chunked;q=1", b"xchunked", b"chunked\t"]
)
async def test_another_transfer_coding_is_a_501(listener: Listener, coding: bytes, contract: Contract) -> None:
    for sent in (
        get("/", b"transfer-encoding: " + coding),
        get("/", *[b"transfer-encoding: " + each for each in coding.split(b", ")]),
    ):
        assert_problem(await listener.exchange(sent + b"0\r\n\r\n"), 501, contract)
    assert not listener.application.begun


async def test_chunked_is_known_in_every_spelling(listener: Listener) -> None:
    for coding in (b"chunked", b"Chunked", b" CHUNKED ", b"\tchunked"):
        sent = chunked("/", b"{}").replace(b"transfer-encoding: chunked", b"Transfer-Encoding:" + coding)
        assert (await listener.exchange(sent)).json["bytes"] == 2


async def test_what_follows_an_upgrade_is_not_read(listener: Listener) -> None:
    """The request is answered as HTTP/1.1; the bytes after it may be of another protocol, in whatever segment they come."""
    offer = get("/offer", b"connection: upgrade, http2-settings", b"upgrade: h2c")
    for parts in ([offer + get("/hidden")], [offer, get("/hidden")]):
        client = await listener.connect(*parts)
        assert (await client.reply()).json["path"] == "/offer"
        assert await client.is_closed()
    assert set(listener.application.begun) == {"/offer"}


async def test_each_refusal_has_a_trace_of_its_own(listener: Listener) -> None:
    traces = {(await listener.exchange(b"GET\r\n\r\n")).json["trace_id"] for _ in range(3)}
    assert len(traces) == 3
