"""Observations become numbers in the worker's slot."""

import pytest

from app.observability.exposition import exposition
from app.observability.metric import (
    BATCH_SIZE,
    DATABASE_ERRORS,
    JWKS_AGE,
    OUTBOX_LAG,
    POSTINGS,
    QUEUE_DEPTH,
    RECONCILIATION_FINDINGS,
    REFUSALS,
    LabelValues,
)
from app.observability.metric_memory import MetricMemory
from app.observability.metrics import Layout, Metrics

VALUES: LabelValues = {
    REFUSALS.name: {"code": ("not_found", "overloaded")},
    DATABASE_ERRORS.name: {"engine": ("sqlite",), "code": ("SQLITE_FULL",)},
}


def lines(metrics: Metrics) -> set[str]:
    return {line for line in exposition(metrics).decode().splitlines() if not line.startswith("#")}


def test_counters_add_up_by_their_labels() -> None:
    metrics = Metrics(VALUES)
    metrics.add(POSTINGS, count=3)
    metrics.add(POSTINGS)
    metrics.add(REFUSALS, "not_found")
    assert {"hpts_postings_total 4.0", 'hpts_refusals_total{code="not_found"} 1.0'} <= lines(metrics)
    assert not any("overloaded" in line for line in lines(metrics))


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (("sqlite", "SQLITE_FULL"), 'code="SQLITE_FULL",engine="sqlite"'),
        (("sqlite", "?"), 'code="other",engine="sqlite"'),
        (("?", "SQLITE_FULL"), 'code="SQLITE_FULL",engine="other"'),
        (("?", "?"), 'code="other",engine="other"'),
    ],
)
def test_a_value_that_is_not_foreseen_counts_as_other(labels: tuple[str, str], told: str) -> None:
    metrics = Metrics(VALUES)
    metrics.add(DATABASE_ERRORS, *labels)
    assert f"hpts_database_errors_total{{{told}}} 1.0" in lines(metrics)


def test_a_histogram_counts_up_to_and_with_its_edges() -> None:
    metrics = Metrics(VALUES)
    for size in (1, 2, 3, 300):
        metrics.observe(BATCH_SIZE, size)
    told = lines(metrics)
    buckets = {'{le="1.0"} 1.0', '{le="2.0"} 2.0', '{le="4.0"} 3.0', '{le="256.0"} 3.0', '{le="+Inf"} 4.0'}
    assert {f"hpts_batch_size_bucket{bucket}" for bucket in buckets} <= told
    assert {"hpts_batch_size_sum 306.0", "hpts_batch_size_count 4.0"} <= told


def test_a_gauge_is_there_once_it_was_set_and_an_age_while_there_is_a_moment() -> None:
    metrics = Metrics(VALUES, now=lambda: 1_000.0)
    assert not any(line.startswith(("hpts_queue_depth", "hpts_jwks_age", "hpts_outbox_lag")) for line in lines(metrics))
    metrics.set(QUEUE_DEPTH, 0)
    metrics.set_moment(JWKS_AGE, 997.5)
    metrics.set_moment(OUTBOX_LAG, 1_001.0)
    assert {"hpts_queue_depth 0.0", "hpts_jwks_age_seconds 2.5", "hpts_outbox_lag_seconds 0.0"} <= lines(metrics)
    metrics.set_moment(JWKS_AGE, None)
    assert not any(line.startswith("hpts_jwks_age") for line in lines(metrics))


def test_one_living_worker_speaks_for_all() -> None:
    memory = MetricMemory(2)
    first, second = Metrics(VALUES, memory, 1), Metrics(VALUES, memory, 2)
    assert (first.speaks_for_all(), second.speaks_for_all()) == (True, False)
    memory.release(1)
    assert second.speaks_for_all()
    second.set(RECONCILIATION_FINDINGS, 3)
    assert "hpts_reconciliation_findings 3.0" in lines(first)


def test_layouts_of_the_same_contract_are_the_same() -> None:
    assert Layout(VALUES).identity == Layout(dict(VALUES)).identity
    assert Layout(VALUES).identity != Layout({}).identity
