"""A worker starts a process that delivers when there is an endpoint for it, wakes it, and ends it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.observability.metric import DELIVERIES
from app.observability.metrics import Metrics
from app.settings import Settings, load_settings
from app.store.store import StoreUnavailable
from app.webhooks import inline_delivery
from app.webhooks.attempt_counters import ATTEMPT_LABEL_VALUES, AttemptCounters
from app.webhooks.inline_delivery import InlineDelivery
from tests.support.delivering import eventually
from tests.support.memory_deliveries import MemoryDeliveries

NOTES_ITS_INPUT = """import os, sys
with open(sys.argv[1], "ab", buffering=0) as notes:
    notes.write(b"started ")
    while data := os.read(0, 65536):
        notes.write(data)
    notes.write(b"ended")
"""
COUNTS = """import sys
from app.observability.shared_counter import SharedCounter
for number, argument in enumerate(sys.argv[2:], 3):
    SharedCounter.parse(argument).add(number)
"""
FAILS = "raise SystemExit(3)"
Command = Callable[[str], Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(database_url=f"sqlite:///{tmp_path}/h.db")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Sets what is started; returns the file that it writes."""

    def given(program: str) -> Path:
        notes = tmp_path / "notes"
        notes.touch()
        monkeypatch.setattr(inline_delivery, "COMMAND", (sys.executable, "-c", program, str(notes)))
        return notes

    return given


def is_running(delivery: InlineDelivery) -> bool:
    return delivery._process is not None


def process_of(delivery: InlineDelivery) -> subprocess.Popen[bytes]:
    assert delivery._process is not None
    return delivery._process


def with_endpoint() -> MemoryDeliveries:
    store = MemoryDeliveries()
    store.add_endpoint("https://receiver.example/")
    return store


async def test_without_endpoints_no_process_is_started(settings: Settings, command: Command) -> None:
    notes, store = command(NOTES_ITS_INPUT), MemoryDeliveries()
    delivery = InlineDelivery(settings, store)
    await delivery.look()
    delivery.wake()
    await delivery.close()
    assert (notes.read_bytes(), store.calls) == (b"", ["is_unattended"])


async def test_the_process_gets_the_settings_then_wake_ups_and_ends_with_its_parent(settings: Settings, command: Command) -> None:
    notes, store = command(NOTES_ITS_INPUT), with_endpoint()
    delivery = InlineDelivery(settings, store)
    await delivery.look()
    await eventually(lambda: notes.read_bytes().endswith(b"}\n"))
    delivery.wake()
    await eventually(lambda: notes.read_bytes().endswith(b"}\n\n"))
    await delivery.look()
    assert store.calls == ["is_unattended"]
    await delivery.close()
    line = notes.read_bytes().removeprefix(b"started ").removesuffix(b"\n\nended")
    assert Settings.model_validate_json(line) == settings


async def test_the_process_gets_the_counters_where_metrics_are_read(settings: Settings, command: Command) -> None:
    command(COUNTS)
    metrics = Metrics(ATTEMPT_LABEL_VALUES)
    delivery = InlineDelivery(settings, with_endpoint(), AttemptCounters.of_metrics(metrics))
    await delivery.look()
    await delivery.close()
    counted = [metrics.cells[metrics.layout.cell(DELIVERIES, (result,))] for result in ("delivered", "failed")]
    assert counted == [3, 4]


async def test_a_pipe_that_is_full_keeps_nobody_waiting(settings: Settings, command: Command) -> None:
    command("import time; time.sleep(900)")
    delivery = InlineDelivery(settings, with_endpoint())
    await delivery.look()
    began = time.monotonic()
    for _ in range(200_000):
        delivery.wake()
    assert time.monotonic() - began < 60
    process_of(delivery).kill()
    await delivery.close()


async def test_a_process_that_ended_is_started_again_after_a_pause(
    settings: Settings, command: Command, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    command(FAILS)
    monkeypatch.setattr(inline_delivery, "RESTART_SECONDS", 0.0)
    store = with_endpoint()
    delivery = InlineDelivery(settings, store)
    await delivery.look()
    process_of(delivery).wait()
    monkeypatch.setattr(inline_delivery, "RESTART_SECONDS", 900.0)
    await delivery.look()
    assert not is_running(delivery)
    monkeypatch.setattr(inline_delivery, "RESTART_SECONDS", 0.0)
    delivery.wake()
    await delivery.look()
    await delivery.close()
    assert store.calls == ["is_unattended"] * 2
    assert "ended with 3" in caplog.text


async def test_one_that_does_not_end_is_killed(settings: Settings, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    command("import time; time.sleep(900)")
    monkeypatch.setattr(inline_delivery, "CHILD_STOP_SECONDS", 0.2)
    delivery = InlineDelivery(settings, with_endpoint())
    await delivery.look()
    await delivery.close()


async def test_a_database_that_is_away_is_asked_again(settings: Settings, command: Command) -> None:
    command(NOTES_ITS_INPUT)
    store = with_endpoint()
    store.error = StoreUnavailable("away")
    delivery = InlineDelivery(settings, store)
    await delivery.look()
    assert not is_running(delivery)
    store.error = None
    await delivery.look()
    assert is_running(delivery)
    await delivery.close()
