"""What is written together, how a connection ends, and when a client that does not read is given up."""

import asyncio
from typing import Any

import pytest

from app import limits
from app.edge.connections import Deadlines
from app.edge.lingering_transport import LingeringTransport
from app.edge.pending_writes import PendingWrites

DEADLINES = Deadlines(write=30, linger=2)


class Transport:
    """What a transport was told, in order."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.is_gone = False
        self.waiting = 0

    def write(self, data: bytes) -> None:
        self.told.append(data)

    def close(self) -> None:
        self.told.append("close")

    def write_eof(self) -> None:
        self.told.append("end of writing")

    def resume_reading(self) -> None:
        self.told.append("read on")

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.is_gone


@pytest.fixture
def transport() -> Transport:
    return Transport()


def lingering(transport: Transport) -> LingeringTransport:
    return LingeringTransport(transport, PendingWrites(), asyncio.get_running_loop().time)  # type: ignore[arg-type]


async def next_iteration() -> None:
    await asyncio.sleep(0)


async def test_what_is_written_during_one_iteration_is_sent_by_one_call(transport: Transport) -> None:
    writer = lingering(transport)
    writer.write(b"head")
    writer.write(b"body")
    assert transport.told == []
    await next_iteration()
    assert transport.told == [b"headbody"]


async def test_what_is_written_later_is_sent_by_another_call(transport: Transport) -> None:
    writer = lingering(transport)
    for part in (b"first", b"second"):
        writer.write(part)
        await next_iteration()
    assert transport.told == [b"first", b"second"]


async def test_closing_sends_what_waits_first_and_nothing_twice(transport: Transport) -> None:
    writer = lingering(transport)
    writer.write(b"last")
    writer.close(is_unread=False)
    await next_iteration()
    assert transport.told == [b"last", "close"]


async def test_nothing_is_sent_on_a_connection_that_is_closing(transport: Transport) -> None:
    writer = lingering(transport)
    writer.write(b"too late")
    transport.is_gone = True
    await next_iteration()
    assert transport.told == []


async def test_a_client_that_may_still_send_is_let_to_read_its_answer_first(transport: Transport) -> None:
    writer = lingering(transport)
    writer.write(b"last")
    writer.close(is_unread=True)
    writer.close(is_unread=True)
    writer.write(b"too late")
    await next_iteration()
    assert transport.told == [b"last", "end of writing", "read on"]
    assert writer.is_closing()


async def test_such_a_client_has_only_so_long(transport: Transport) -> None:
    writer = lingering(transport)
    begun = asyncio.get_running_loop().time()
    writer.close(is_unread=True)
    assert not writer.is_overdue(begun + 1, DEADLINES)
    assert writer.is_overdue(begun + 3, DEADLINES)


async def test_it_has_that_long_after_it_has_taken_everything(transport: Transport) -> None:
    writer = lingering(transport)
    begun = asyncio.get_running_loop().time()
    writer.close(is_unread=True)
    transport.waiting = 1
    assert not writer.is_overdue(begun + 20, DEADLINES)
    transport.waiting = 0
    assert not writer.is_overdue(begun + 21, DEADLINES)
    assert writer.is_overdue(begun + 23, DEADLINES)


async def written(transport: Transport, size: int) -> LingeringTransport:
    writer = lingering(transport)
    writer.write(b"x" * size)
    await next_iteration()
    transport.waiting = size
    return writer


async def test_a_client_that_takes_nothing_is_overdue(transport: Transport) -> None:
    writer = await written(transport, 1)
    assert [writer.is_overdue(now, DEADLINES) for now in (100, 130, 131)] == [False, False, True]


async def test_a_client_that_takes_too_little_is_overdue(transport: Transport) -> None:
    writer = await written(transport, 10_000_000)
    assert not writer.is_overdue(100, DEADLINES)
    transport.waiting -= 30 * limits.WRITE_BYTES_PER_SECOND - 1
    assert writer.is_overdue(131, DEADLINES)


async def test_a_client_that_keeps_the_pace_is_never_overdue(transport: Transport) -> None:
    writer = await written(transport, 10_000_000)
    for second in range(1_000):
        assert not writer.is_overdue(second, DEADLINES)
        transport.waiting -= 2 * limits.WRITE_BYTES_PER_SECOND


async def test_a_client_that_has_taken_everything_has_all_the_time_again(transport: Transport) -> None:
    writer = await written(transport, 1)
    assert not writer.is_overdue(100, DEADLINES)
    transport.waiting = 0
    assert not writer.is_overdue(129, DEADLINES)
    transport.waiting = 1
    assert [writer.is_overdue(now, DEADLINES) for now in (131, 160, 162)] == [False, False, True]
