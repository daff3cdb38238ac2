"""The metrics that there are: their names, labels and series."""

import re

from app.observability.metric import METRICS, OTHER, REQUEST_EDGES, Kind, Metric, series_of


def test_every_name_begins_with_the_service_and_means_one_thing() -> None:
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"hpts_[a-z_]+", name) and not name.endswith("_total") for name in names)


def test_no_label_could_hold_what_a_caller_chose() -> None:
    labels = {label for metric in METRICS for label in metric.labels}
    assert labels == {"operation", "status", "code", "result", "pool", "state", "engine"}


def test_latencies_have_edges_at_the_objectives() -> None:
    assert {0.1, 0.3} <= set(REQUEST_EDGES)


def test_a_series_is_there_for_every_combination_of_values_and_for_others() -> None:
    metric = Metric("m", "", Kind.COUNTER, ("a", "b"))
    assert series_of(metric, {"m": {"a": ("1",)}}) == [("1", OTHER), (OTHER, OTHER)]
    assert series_of(Metric("m", "", Kind.COUNTER), {}) == [()]


def test_a_histogram_has_a_cell_for_each_bucket_and_its_sum() -> None:
    assert Metric("m", "", Kind.HISTOGRAM, (), (1.0, 2.0)).width == 4
    assert Metric("m", "", Kind.GAUGE).width == 1
