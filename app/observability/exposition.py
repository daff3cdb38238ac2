"""The metrics of a server in Prometheus' text format: the numbers of all workers, those that ended too, made one."""

from collections.abc import Iterable, Iterator
from operator import add

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from app.observability.metric import METRICS, REQUEST_SECONDS, Kind, Metric
from app.observability.metric_memory import SERVER_SLOT
from app.observability.metrics import Metrics

_AGES = (Kind.AGE, Kind.SERVER_AGE)


def exposition(metrics: Metrics) -> bytes:
    """A series that nothing was counted in is left out."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_ServerCollector(metrics))
    return generate_latest(registry)


class _ServerCollector(Collector):
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._layout, self._memory = metrics.layout, metrics.memory
        self._slots = self._memory.written(self._layout.identity)
        self._series: dict[str, list[tuple[tuple[str, ...], int]]] = {metric.name: [] for metric in METRICS}
        for (name, labels), cell in self._layout.cells.items():
            self._series[name].append((labels, cell))

    def collect(self) -> Iterator[Family]:
        counted = self._total(self._slots)
        living = [number for number in self._slots if self._memory.is_living(number)]
        for metric in METRICS:
            if metric.kind is Kind.COUNTER:
                yield self._counter(metric, counted)
            elif metric.kind is Kind.HISTOGRAM:
                yield from self._histogram(metric, counted)
            elif metric.kind is Kind.GAUGE or metric.kind is Kind.AGE:
                yield self._gauge(metric, living)
            else:
                yield self._gauge(metric, [SERVER_SLOT])

    def _total(self, slots: Iterable[int]) -> list[int]:
        total = [0] * self._layout.size
        for number in slots:
            total = list(map(add, total, self._memory.slot(number)[: self._layout.size]))
        return total

    def _counter(self, metric: Metric, counted: list[int]) -> Family:
        family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
        for labels, cell in self._series[metric.name]:
            if counted[cell] or not labels:
                family.add_metric(labels, counted[cell])
        return family

    def _histogram(self, metric: Metric, counted: list[int]) -> Iterator[Family]:
        family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
        requests = CounterMetricFamily("hpts_requests", "Requests that were answered", labels=metric.labels)
        for labels, cell in self._series[metric.name]:
            buckets = counted[cell : cell + metric.width - 1]
            if not any(buckets) and labels:
                continue
            bounds, total = [], 0
            for edge, count in zip((*map(str, map(float, metric.edges)), "+Inf"), buckets, strict=True):
                total += count
                bounds.append((edge, total))
            family.add_metric(labels, bounds, counted[cell + metric.width - 1] * metric.unit)
            requests.add_metric(labels, total)
        yield family
        if metric is REQUEST_SECONDS:
            yield requests

    def _gauge(self, metric: Metric, slots: list[int]) -> Family:
        family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
        for labels, cell in self._series[metric.name]:
            values = [value - 1 for number in slots if (value := self._memory.slot(number)[cell])]
            if values and metric.kind in _AGES:
                family.add_metric(labels, max(0.0, round(self._metrics.now() - min(values) / 1000, 3)))
            elif values:
                family.add_metric(labels, sum(values))
        return family
