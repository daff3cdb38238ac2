"""What is read is the sum over all workers, those that ended too, in a form that Prometheus' own parser reads."""

from prometheus_client.parser import text_string_to_metric_families

from app.observability.exposition import exposition
from app.observability.metric import JWKS_AGE, METRICS, POSTINGS, QUEUE_DEPTH, REQUEST_SECONDS, LabelValues
from app.observability.metric_memory import MetricMemory
from app.observability.metrics import Metrics

VALUES: LabelValues = {REQUEST_SECONDS.name: {"operation": ("postPayment",), "status": ("201",)}}


def samples(metrics: Metrics) -> dict[str, float]:
    families = text_string_to_metric_families(exposition(metrics).decode())
    return {f"{sample.name}{sorted(sample.labels.values())}": sample.value for family in families for sample in family.samples}


def test_counts_of_all_workers_are_added_up_whichever_is_asked() -> None:
    memory = MetricMemory(2)
    workers = [Metrics(VALUES, memory, slot) for slot in (1, 2)]
    for count, worker in enumerate(workers, start=1):
        worker.add(POSTINGS, count=count)
        worker.observe(REQUEST_SECONDS, 0.1, "postPayment", "201")
    told = [samples(worker) for worker in workers]
    assert told[0] == told[1]
    assert told[0]["hpts_postings_total[]"] == 3
    assert told[0]["hpts_requests_total['201', 'postPayment']"] == 2
    assert told[0]["hpts_request_seconds_bucket['0.1', '201', 'postPayment']"] == 2
    assert told[0]["hpts_request_seconds_bucket['0.05', '201', 'postPayment']"] == 0


def test_a_worker_that_ended_leaves_its_counts_and_takes_its_gauges_along() -> None:
    memory = MetricMemory(2)
    ended, living = (Metrics(VALUES, memory, slot, lambda: 100.0) for slot in (1, 2))
    ended.add(POSTINGS)
    for worker, depth in ((ended, 5), (living, 2)):
        worker.set(QUEUE_DEPTH, depth)
        worker.set_moment(JWKS_AGE, 90.0 + depth)
    both = samples(living)
    assert (both["hpts_queue_depth[]"], both["hpts_jwks_age_seconds[]"]) == (7, 8)
    memory.release(1)
    one = samples(living)
    assert (one["hpts_queue_depth[]"], one["hpts_postings_total[]"]) == (2, 1)
    successor = Metrics(VALUES, memory, 1, lambda: 100.0)
    assert samples(successor)["hpts_queue_depth[]"] == 2


def test_every_metric_is_told_with_its_help() -> None:
    text = exposition(Metrics(VALUES)).decode()
    assert all(f"# HELP {metric.name}" in text for metric in METRICS)
