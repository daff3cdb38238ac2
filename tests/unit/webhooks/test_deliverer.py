"""Leases: one owner at a time, given back at the end, taken over after a crash; endpoints do not disturb one another."""

import asyncio
from contextlib import suppress

import pytest

from app.observability.metric import DELIVERIES
from app.observability.metrics import Metrics
from app.store.store import StoreUnavailable
from app.webhooks import deliverer as deliverer_module
from app.webhooks import recorder as recorder_module
from app.webhooks.attempt_counters import ATTEMPT_LABEL_VALUES, AttemptCounters
from app.webhooks.deliverer import CLAIM_SECONDS, LEASE_SECONDS, RENEW_SECONDS, Deliverer
from tests.support.delivering import delivering, eventually, running_deliverer
from tests.support.memory_deliveries import MemoryDeliveries
from tests.support.recording_receiver import hang, recording_receiver, status


async def test_two_deliverers_share_the_endpoints_and_send_each_entry_once() -> None:
    store = MemoryDeliveries()
    with recording_receiver() as receiver:
        endpoints = [store.add_endpoint(receiver.url) for _ in range(3)]
        shared = delivering(store, receiver.host_and_port)
        async with running_deliverer(shared), running_deliverer(shared):
            for endpoint in endpoints:
                store.post(endpoint.tenant_id, 20)
            await eventually(lambda: all(len(store.delivered(each)) == 20 for each in endpoints))
    assert len(receiver.received) == len(set(receiver.entry_ids)) == 60
    assert not any(endpoint.is_held() for endpoint in endpoints)


async def test_every_attempt_is_counted_by_its_result() -> None:
    store, metrics = MemoryDeliveries(), Metrics(ATTEMPT_LABEL_VALUES)
    with recording_receiver() as receiver, recording_receiver(status(500)) as failing:
        endpoints = [store.add_endpoint(each.url) for each in (receiver, failing)]
        shared = delivering(store, receiver.host_and_port, failing.host_and_port)
        async with running_deliverer(shared, counters=AttemptCounters.of_metrics(metrics)):
            for endpoint, count in zip(endpoints, (20, 3), strict=True):
                store.post(endpoint.tenant_id, count)
            await eventually(lambda: [len(each.attempts) for each in endpoints] == [20, 3])
            endpoints[1].is_enabled = False
    counted = [metrics.cells[metrics.layout.cell(DELIVERIES, (result,))] for result in ("delivered", "failed")]
    assert counted == [len(receiver.received), len(failing.received)]


def test_another_one_takes_over_within_ten_seconds_of_a_crash() -> None:
    """Of which three are left for a machine that is slow."""
    assert LEASE_SECONDS + CLAIM_SECONDS <= 7
    assert RENEW_SECONDS + CLAIM_SECONDS <= LEASE_SECONDS / 2


async def test_another_one_takes_over_after_a_crash() -> None:
    """Attempts that were not recorded are made again, and no others."""
    store = MemoryDeliveries()
    with recording_receiver() as receiver:
        endpoint = store.add_endpoint(receiver.url)
        shared = delivering(store, receiver.host_and_port)
        crashing = asyncio.create_task(Deliverer(shared).run())
        first = store.post(endpoint.tenant_id, 50)
        await eventually(lambda: len(receiver.received) >= 10)
        crashing.cancel()
        with suppress(asyncio.CancelledError):
            await crashing
        crashed_at = asyncio.get_running_loop().time()
        recorded = set(endpoint.attempts)
        second = store.post(endpoint.tenant_id, 50)
        async with running_deliverer(shared):
            await eventually(lambda: store.delivered(endpoint) == {*first, *second})
        assert asyncio.get_running_loop().time() - crashed_at >= LEASE_SECONDS - 1
    repeated = {each for each in receiver.entry_ids if receiver.entry_ids.count(each) > 1}
    assert repeated.isdisjoint(recorded)
    bodies = {(received.entry_id, received.body) for received in receiver.received}
    assert len(bodies) == 100


async def test_a_slow_endpoint_slows_no_other() -> None:
    store = MemoryDeliveries()
    with recording_receiver(hang) as hanging, recording_receiver(status(500)) as failing, recording_receiver() as receiver:
        others = [store.add_endpoint(each.url) for each in (hanging, failing)]
        endpoint = store.add_endpoint(receiver.url)
        hosts = [each.host_and_port for each in (hanging, failing, receiver)]
        async with running_deliverer(delivering(store, *hosts, attempt_seconds=3.0)):
            for each in (*others, endpoint):
                store.post(each.tenant_id, 300)
            await eventually(lambda: len(store.delivered(endpoint)) == 300)
            assert hanging.received
            assert not store.delivered(others[0])
            for each in others:
                each.is_enabled = False


async def test_without_endpoints_one_question_a_second_is_all() -> None:
    store = MemoryDeliveries()
    async with running_deliverer(delivering(store)):
        await asyncio.sleep(1.5)
    assert set(store.calls) == {"is_unattended", "release"}
    assert store.calls.count("is_unattended") <= 3


async def test_an_endpoint_that_is_disabled_gets_nothing_more_and_goes_on_where_it_stopped() -> None:
    store = MemoryDeliveries()
    with recording_receiver() as receiver:
        endpoint = store.add_endpoint(receiver.url)
        async with running_deliverer(delivering(store, receiver.host_and_port)):
            first = store.post(endpoint.tenant_id, 3)
            await eventually(lambda: len(receiver.received) == 3)
            endpoint.is_enabled = False
            second = store.post(endpoint.tenant_id, 3)
            await eventually(lambda: not endpoint.is_held())
            assert len(receiver.received) == 3
            endpoint.is_enabled = True
            await eventually(lambda: len(receiver.received) == 6)
    assert receiver.entry_ids == [*first, *second]


async def test_it_goes_on_when_the_database_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer_module, "AWAY_SECONDS", 0.05)
    monkeypatch.setattr(recorder_module, "AWAY_SECONDS", 0.05)
    store = MemoryDeliveries()
    with recording_receiver() as receiver:
        endpoint = store.add_endpoint(receiver.url)
        async with running_deliverer(delivering(store, receiver.host_and_port)):
            store.post(endpoint.tenant_id)
            await eventually(lambda: len(receiver.received) == 1)
            store.error = StoreUnavailable("away")
            await eventually(lambda: store.calls[-1] == "with_work")
            store.error = None
            store.post(endpoint.tenant_id)
            await eventually(lambda: len(store.delivered(endpoint)) == 2)


async def test_leases_that_could_not_be_renewed_are_given_up() -> None:
    store = MemoryDeliveries()
    with recording_receiver() as receiver:
        endpoint = store.add_endpoint(receiver.url)
        async with running_deliverer(delivering(store, receiver.host_and_port), lease_seconds=0.5) as deliverer:
            await eventually(endpoint.is_held)
            store.error = StoreUnavailable("away")
            await eventually(lambda: deliverer.unused_seconds() > 1.5)
            store.error = None
            store.post(endpoint.tenant_id)
            await eventually(lambda: len(store.delivered(endpoint)) == 1)


async def test_a_url_that_is_no_longer_allowed_stops_no_other_endpoint() -> None:
    store = MemoryDeliveries()
    with recording_receiver() as receiver:
        store.add_endpoint("http://10.0.0.1/hook")
        endpoint = store.add_endpoint(receiver.url)
        async with running_deliverer(delivering(store, receiver.host_and_port)):
            store.post(endpoint.tenant_id)
            await eventually(lambda: len(store.delivered(endpoint)) == 1)
