"""Each attempt is counted once: as delivered, or as failed whatever becomes of its entry."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from app.observability.exposition import exposition
from app.observability.metrics import Metrics
from app.webhooks.attempt_counters import ATTEMPT_LABEL_VALUES, AttemptCounters
from app.webhooks.delivery_store import Attempt, Lease, PendingEntry

NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
ENTRY: Final = PendingEntry("entry", "payment_received", NOW, None)
DELIVERED: Final = Attempt(Lease("tenant", "endpoint", "owner", 1), ENTRY, NOW, NOW, "delivered")
PENDING: Final = replace(DELIVERED, status="pending")
FAILED: Final = replace(DELIVERED, status="failed")


def told(metrics: Metrics) -> list[str]:
    return [line for line in exposition(metrics).decode().splitlines() if line.startswith("hpts_webhook_deliveries_total")]


def test_attempts_are_counted_by_their_result() -> None:
    metrics = Metrics(ATTEMPT_LABEL_VALUES)
    counters = AttemptCounters.of_metrics(metrics)
    counters.note([])
    assert told(metrics) == []
    counters.note([DELIVERED, PENDING, DELIVERED, FAILED, DELIVERED])
    counters.note([DELIVERED])
    delivered, failed = (f'hpts_webhook_deliveries_total{{result="{result}"}}' for result in ("delivered", "failed"))
    assert told(metrics) == [f"{delivered} 4.0", f"{failed} 2.0"]


def test_counters_are_handed_on_as_arguments() -> None:
    metrics = Metrics(ATTEMPT_LABEL_VALUES)
    arguments = [str(counter) for counter in AttemptCounters.of_metrics(metrics)]
    counters = AttemptCounters.of_arguments(arguments)
    assert counters is not None
    counters.note([FAILED])
    assert told(metrics) == ['hpts_webhook_deliveries_total{result="failed"} 1.0']
    assert AttemptCounters.of_arguments([]) is None
