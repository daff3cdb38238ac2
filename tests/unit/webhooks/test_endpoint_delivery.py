"""One endpoint: what each answer means, the order of first attempts, and that no entry keeps another waiting."""

import asyncio
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from app.webhooks import endpoint_delivery
from app.webhooks.delivery_store import Attempt
from app.webhooks.retry_schedule import RETRY_SECONDS
from tests.support.delivering import SetClock, delivering, eventually, running_deliverer
from tests.support.memory_deliveries import MemoryDeliveries, MemoryEndpoint
from tests.support.recording_receiver import OK, Received, RecordingReceiver, drip, hang, raw, recording_receiver, status

SHORT_SECONDS = 0.3


def has_attempts(endpoint: MemoryEndpoint, entry_id: str, count: int) -> bool:
    return entry_id in endpoint.attempts and endpoint.attempts[entry_id].entry.round_attempts + 1 == count


async def one_attempt(receiver: RecordingReceiver, seconds: float = 60.0) -> tuple[Attempt, MemoryEndpoint]:
    store = MemoryDeliveries()
    endpoint = store.add_endpoint(receiver.url)
    (entry_id,) = store.post(endpoint.tenant_id)
    async with running_deliverer(delivering(store, receiver.host_and_port, attempt_seconds=seconds)):
        await eventually(lambda: entry_id in endpoint.attempts)
    return endpoint.attempts[entry_id], endpoint


async def test_200_acknowledges() -> None:
    with recording_receiver() as receiver:
        attempt, _ = await one_attempt(receiver)
    assert (attempt.status, attempt.response_status, attempt.error, attempt.next_attempt_at) == ("delivered", 200, None, None)


@pytest.mark.parametrize("code", [201, 202, 204, 301, 302, 304, 400, 401, 404, 409, 429, 500, 503])
async def test_every_other_status_is_a_failure_and_tried_again(code: int) -> None:
    with recording_receiver(status(code)) as receiver:
        attempt, endpoint = await one_attempt(receiver)
    assert (attempt.status, attempt.response_status, attempt.error) == ("pending", code, None)
    assert attempt.next_attempt_at == attempt.ended_at + timedelta(seconds=5)
    assert endpoint.is_enabled


async def test_410_disables_the_endpoint_and_leaves_the_entry_pending() -> None:
    with recording_receiver(status(410)) as receiver:
        attempt, endpoint = await one_attempt(receiver)
    assert (attempt.status, attempt.response_status, endpoint.is_enabled) == ("pending", 410, False)


async def test_retry_after_puts_the_next_attempt_off() -> None:
    with recording_receiver(status(503, "retry-after: 3600")) as receiver:
        attempt, _ = await one_attempt(receiver)
    assert attempt.next_attempt_at is not None
    assert timedelta(hours=1) <= attempt.next_attempt_at - attempt.ended_at <= timedelta(hours=1.2)


@pytest.mark.parametrize("answer", [hang, drip])
async def test_a_receiver_that_does_not_end_its_answer(answer: object) -> None:
    with recording_receiver(hang if answer is hang else drip) as receiver:
        attempt, _ = await one_attempt(receiver, SHORT_SECONDS)
    assert (attempt.status, attempt.response_status, attempt.error) == ("pending", None, "timeout")


async def test_a_receiver_that_answers_without_end() -> None:
    endless = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n", *[b"x" * 65_536] * 2_000)
    with recording_receiver(endless) as receiver:
        attempt, _ = await one_attempt(receiver)
    assert (attempt.status, attempt.response_status) == ("delivered", 200)


async def test_an_entry_is_tried_by_the_schedule_and_then_failed() -> None:
    clock, store = SetClock(), MemoryDeliveries()
    with recording_receiver(status(500)) as receiver:
        endpoint = store.add_endpoint(receiver.url)
        (entry_id,) = store.post(endpoint.tenant_id)
        async with running_deliverer(delivering(store, receiver.host_and_port, now=clock)):
            for number, pause in enumerate(RETRY_SECONDS, 1):
                await eventually(partial(has_attempts, endpoint, entry_id, number))
                attempt = endpoint.attempts[entry_id]
                assert attempt.next_attempt_at == attempt.ended_at + timedelta(seconds=pause)
                clock.advance(timedelta(seconds=pause))
            await eventually(lambda: endpoint.attempts[entry_id].status == "failed")
    assert len({received.body for received in receiver.received}) == 1
    assert endpoint.is_enabled


async def test_five_days_of_nothing_but_failures_disable_the_endpoint() -> None:
    clock, store = SetClock(), MemoryDeliveries()
    with recording_receiver(status(500)) as receiver:
        endpoint = store.add_endpoint(receiver.url)
        store.post(endpoint.tenant_id)
        async with running_deliverer(delivering(store, receiver.host_and_port, now=clock)) as deliverer:
            await eventually(lambda: len(endpoint.attempts) == 1)
            clock.advance(timedelta(days=4, hours=23))
            (second,) = store.post(endpoint.tenant_id)
            deliverer.wake()
            await eventually(lambda: second in endpoint.attempts)
            assert endpoint.is_enabled
            clock.advance(timedelta(hours=1))
            (third,) = store.post(endpoint.tenant_id)
            deliverer.wake()
            await eventually(lambda: not endpoint.is_enabled)
    assert endpoint.attempts.get(third, endpoint.attempts[second]).status == "pending"


async def test_first_attempts_go_out_in_posting_order() -> None:
    store = MemoryDeliveries()
    with recording_receiver() as receiver:
        endpoint = store.add_endpoint(receiver.url)
        entry_ids = store.post(endpoint.tenant_id, 1_000)
        started: list[str] = []
        shared = delivering(store, receiver.host_and_port)
        async with running_deliverer(shared):
            await eventually(lambda: len(store.delivered(endpoint)) == 1_000)
        started = sorted(entry_ids, key=lambda entry_id: endpoint.attempts[entry_id].started_at)
    assert started == entry_ids
    assert Counter(receiver.entry_ids) == Counter(entry_ids)


async def test_one_entry_that_fails_or_hangs_holds_back_no_other() -> None:
    store = MemoryDeliveries()
    with recording_receiver() as receiver:
        endpoint = store.add_endpoint(receiver.url)
        entry_ids = store.post(endpoint.tenant_id, 100)

        async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
            number = entry_ids.index(received.entry_id)
            await (hang if number in (3, 50) else status(500) if number in (10, 11) else OK)(received, writer)

        receiver.answer = answer
        shared = delivering(store, receiver.host_and_port, attempt_seconds=3.0)
        async with running_deliverer(shared):
            await eventually(lambda: len(store.delivered(endpoint)) == 96)
            assert endpoint.cursor in ("0", "3")
            await eventually(lambda: len(endpoint.attempts) == 100)
            await eventually(lambda: endpoint.cursor == "100")
    assert {entry_ids.index(each) for each in set(entry_ids) - store.delivered(endpoint)} == {3, 10, 11, 50}


async def test_entries_in_memory_are_few_whatever_the_backlog() -> None:
    store = MemoryDeliveries()
    with recording_receiver(hang) as receiver:
        endpoint = store.add_endpoint(receiver.url)
        store.post(endpoint.tenant_id, 5_000)
        async with running_deliverer(delivering(store, receiver.host_and_port, attempt_seconds=3.0)):
            await eventually(lambda: len(receiver.received) == endpoint_delivery.AT_ONCE)
            assert store.calls.count("untried") == 1
            endpoint.is_enabled = False
