"""A process that delivers: it ends by a signal, with its parent, or when it is not used."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.observability.exposition import exposition
from app.observability.metrics import Metrics
from app.settings import load_settings
from app.webhooks import delivery_process
from app.webhooks.deliverer import Deliverer
from app.webhooks.delivery_process import run_delivery, stopped_by_parent, stopped_by_signal
from tests.support.delivering import delivering, eventually
from tests.support.memory_deliveries import MemoryDeliveries


@contextmanager
def standard_input(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The end of a pipe that is written to; the other one is standard input."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as pipe:
        monkeypatch.setattr("sys.stdin", pipe)
        interrupt = signal.getsignal(signal.SIGINT)
        yield writing
        signal.signal(signal.SIGINT, interrupt)


class Woken(Deliverer):
    def __init__(self) -> None:
        super().__init__(delivering(MemoryDeliveries()))
        self.wakes = 0

    def wake(self) -> None:
        self.wakes += 1


async def test_it_delivers_until_it_is_stopped_and_closes_its_database(database_url: str) -> None:
    seen: list[Deliverer] = []

    async def until(deliverer: Deliverer) -> None:
        seen.append(deliverer)
        await asyncio.sleep(0.5)

    await run_delivery(load_settings(database_url=database_url), "HPTS/test", until)
    assert len(seen) == 1


async def test_it_tells_the_lag_of_the_outbox_where_metrics_are_read(database_url: str) -> None:
    metrics = Metrics({})

    async def until(_deliverer: Deliverer) -> None:
        await eventually(lambda: b"hpts_outbox_lag_seconds 0.0" in exposition(metrics))

    await run_delivery(load_settings(database_url=database_url), "HPTS/test", until, metrics=metrics)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it(number: signal.Signals) -> None:
    waiting = asyncio.create_task(stopped_by_signal(Woken()))
    await asyncio.sleep(0)
    os.kill(os.getpid(), number)
    await waiting
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(each)


async def test_bytes_of_the_parent_wake_it_and_the_end_of_the_pipe_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with standard_input(monkeypatch) as parent:
        deliverer = Woken()
        waiting = asyncio.create_task(stopped_by_parent(deliverer))
        os.write(parent, b"\n\n\n")
        await eventually(lambda: deliverer.wakes == 1)
        os.close(parent)
        await waiting


async def test_a_child_that_is_not_used_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_process, "UNUSED_SECONDS", 0.1)
    with standard_input(monkeypatch) as parent:
        await stopped_by_parent(Woken())
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        os.close(parent)
