"""Counts what happens in one worker, in memory that all workers of a server share.

An observation is one or two additions to plain numbers: the hot path cannot afford what a metrics library does for each.
"""

import time
from bisect import bisect_left
from collections.abc import Callable
from zlib import crc32

from app.observability.metric import METRICS, OTHER, Kind, LabelValues, Metric, series_of
from app.observability.metric_memory import HEAD_CELLS, SERVER_SLOT, SLOT_CELLS, MetricMemory
from app.observability.shared_counter import SharedCounter

_SERVER_KINDS = (Kind.SERVER_GAUGE, Kind.SERVER_AGE)
_GAUGE_KINDS = (Kind.GAUGE, Kind.AGE)


class Layout:
    """The first cell of every series, the same in every process that has the same contract."""

    def __init__(self, values: LabelValues) -> None:
        self._values = values
        self.cells: dict[tuple[str, tuple[str, ...]], int] = {}
        position = HEAD_CELLS
        for metric in METRICS:
            for labels in series_of(metric, values):
                self.cells[metric.name, labels] = position
                position += metric.width
        assert position <= SLOT_CELLS, "the metrics do not fit into a slot"
        self.size = position
        self.identity = crc32(repr(list(self.cells.items())).encode()) + 1

    def cell(self, metric: Metric, labels: tuple[str, ...]) -> int:
        """A value that is not among those of its label counts as OTHER."""
        found = self.cells.get((metric.name, labels))
        if found is None:
            known = self._values.get(metric.name, {})
            told = (value if value in known.get(label, ()) else OTHER for label, value in zip(metric.labels, labels, strict=True))
            found = self.cells[metric.name, tuple(told)]
        return found


class Metrics:
    """Of one worker, in `slot` of the server's memory. `now` gives seconds since 1970."""

    def __init__(
        self, values: LabelValues, memory: MetricMemory | None = None, slot: int = 1, now: Callable[[], float] = time.time
    ) -> None:
        self.layout = Layout(values)
        self.memory = memory or MetricMemory(1)
        self.slot = slot
        self.now = now
        self.cells = self.memory.claim(slot, self.layout.identity)
        self._server_cells = self.memory.claim(SERVER_SLOT, self.layout.identity)
        self._forget_gauges(values)

    def _forget_gauges(self, values: LabelValues) -> None:
        for metric in METRICS:
            if metric.kind in _GAUGE_KINDS:
                for labels in series_of(metric, values):
                    self.cells[self.layout.cell(metric, labels)] = 0

    def add(self, metric: Metric, *labels: str, count: int = 1) -> None:
        """To a counter."""
        self.cells[self.layout.cell(metric, labels)] += count

    def shared_counter(self, metric: Metric, *labels: str) -> SharedCounter:
        """For another process to add to; this one must not."""
        return SharedCounter(self.memory.shared, self.slot * SLOT_CELLS + self.layout.cell(metric, labels))

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """By a histogram; `value` is in its edges' unit."""
        cell = self.layout.cell(metric, labels)
        self.cells[cell + bisect_left(metric.edges, value)] += 1
        self.cells[cell + metric.width - 1] += int(value / metric.unit)

    def set(self, metric: Metric, value: int, *labels: str) -> None:
        """A gauge. Zero in memory means that it was never set."""
        cells = self._server_cells if metric.kind in _SERVER_KINDS else self.cells
        cells[self.layout.cell(metric, labels)] = value + 1

    def set_moment(self, metric: Metric, moment: float | None) -> None:
        """Since when an age is counted, in seconds since 1970: it is 0 until then. None when there is nothing to count from."""
        cells = self._server_cells if metric.kind in _SERVER_KINDS else self.cells
        cells[self.layout.cell(metric, ())] = 0 if moment is None else int(moment * 1000) + 1

    def speaks_for_all(self) -> bool:
        """Whether this worker is the one that sets what is so for the whole server."""
        living = [number for number in self.memory.written(self.layout.identity) if self.memory.is_living(number)]
        return self.slot == min(living, default=self.slot)
