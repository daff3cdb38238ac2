"""One connection: where an answer ends, what its status line says, and when no further request may follow."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.webhooks.http_connection import ANSWER_BYTES, ConnectionEnded, ReceiverAnswer, ReceiverConnection
from tests.support.recording_receiver import Answering, RecordingReceiver, raw, recording_receiver, status

REQUEST = b"POST /hook HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nwebhook-id: 1\r\n\r\n{}"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


@contextmanager
def answering(answer: Answering) -> Iterator[RecordingReceiver]:
    with recording_receiver(answer) as receiver:
        yield receiver


async def connect(receiver: RecordingReceiver) -> ReceiverConnection:
    host, _, port = receiver.host_and_port.partition(":")
    _, connection = await asyncio.get_running_loop().create_connection(ReceiverConnection, host, int(port))
    return connection


async def answer_of(answer: Answering) -> tuple[ReceiverAnswer, bool]:
    """And whether the connection stays open."""
    with answering(answer) as receiver:
        connection = await connect(receiver)
        answered = await connection.exchange(REQUEST)
        is_open = connection.is_open
        connection.close()
        return answered, is_open


@pytest.mark.parametrize("code", [200, 201, 204, 301, 302, 307, 400, 410, 429, 500, 599])
async def test_the_status_of_an_answer(code: int) -> None:
    assert await answer_of(status(code)) == (ReceiverAnswer(code), True)


async def test_requests_follow_on_one_connection() -> None:
    with answering(status(200, body=b"received")) as receiver:
        connection = await connect(receiver)
        for _ in range(3):
            assert await connection.exchange(REQUEST) == ReceiverAnswer(200)
        connection.close()
        assert (receiver.connections, len(receiver.received)) == (1, 3)


ENDED: dict[str, tuple[bytes, ReceiverAnswer]] = {
    "by the receiver's wish": (b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", ReceiverAnswer(200)),
    "an older version": (b"HTTP/1.0 200 OK\r\n\r\nreceived", ReceiverAnswer(200)),
    "two answers": (OK + b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", ReceiverAnswer(200)),
    "a body that breaks off": (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nrec", ReceiverAnswer(200)),
    "headers that break off": (b"HTTP/1.1 200 OK\r\nserver: a\r\n", ReceiverAnswer(200)),
    "a status line alone": (b"HTTP/1.1 503 \r\n", ReceiverAnswer(503)),
    "a broken header": (b"HTTP/1.1 200 OK\r\n\x00\x01: a\r\n\r\n", ReceiverAnswer(200)),
    "chunks that are none": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", ReceiverAnswer(200)),
    "after an interim answer": (b"HTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 500 No\r\n", ReceiverAnswer(500)),
}


@pytest.mark.parametrize("how", ENDED)
async def test_the_status_line_decides_however_the_answer_ends(how: str) -> None:
    data, expected = ENDED[how]
    assert await answer_of(raw(data)) == (expected, False)


async def test_interim_answers_are_passed_over() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nretry-after: 9\r\n\r\n"
    assert await answer_of(raw(interim + OK, closes=False)) == (ReceiverAnswer(200), True)


async def test_retry_after_is_read_whatever_the_status() -> None:
    for code in (201, 302, 404, 503):
        assert await answer_of(status(code, "Retry-After: 120")) == (ReceiverAnswer(code, "120"), True)


@pytest.mark.parametrize(
    "data", [b"", b"\r\n", b"HTTP/1.1 2", b"HTTP/2 200\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 20 x\r\n\r\n"]
)
async def test_no_answer_at_all(data: bytes) -> None:
    with answering(raw(data)) as receiver:
        connection = await connect(receiver)
        with pytest.raises(ConnectionEnded) as ended:
            await connection.exchange(REQUEST)
        assert ended.value.is_unused == (data == b"")
        assert not connection.is_open


async def test_no_more_is_read_than_the_limit() -> None:
    part = b"x" * 8192
    endless = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n", *[part] * 10_000)
    assert await answer_of(endless) == (ReceiverAnswer(200), False)
    headers = raw(b"HTTP/1.1 200 OK\r\n", *[b"a: " + part + b"\r\n"] * 10_000)
    assert await answer_of(headers) == (ReceiverAnswer(200), False)
    with answering(raw(*[part] * 10_000)) as receiver, pytest.raises(ConnectionEnded):
        await (await connect(receiver)).exchange(REQUEST)


async def test_a_body_just_below_the_limit_is_read_to_its_end() -> None:
    assert await answer_of(status(200, body=b"x" * (ANSWER_BYTES - 200))) == (ReceiverAnswer(200), True)


async def test_the_status_is_known_before_the_answer_is_complete() -> None:
    with answering(raw(b"HTTP/1.1 200 OK\r\n", pause_seconds=900)) as receiver:
        connection = await connect(receiver)
        exchanging = asyncio.create_task(connection.exchange(REQUEST))
        while connection.status_so_far() is None:
            await asyncio.sleep(0.01)
        exchanging.cancel()
        await asyncio.gather(exchanging, return_exceptions=True)
        assert (connection.status_so_far(), connection.is_open) == (200, False)


async def test_what_comes_without_a_request_closes_the_connection() -> None:
    with answering(raw(OK, OK, pause_seconds=0.05, closes=False)) as receiver:
        connection = await connect(receiver)
        assert await connection.exchange(REQUEST) == ReceiverAnswer(200)
        while connection.is_open:
            await asyncio.sleep(0.01)
        with pytest.raises(ConnectionEnded):
            await connection.exchange(REQUEST)
