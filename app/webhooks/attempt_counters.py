"""Counts attempts to deliver by their result, also from the process that a server's worker starts to deliver."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Self

from app.observability.metric import DELIVERIES, LabelValues
from app.observability.metrics import Metrics
from app.observability.shared_counter import SharedCounter
from app.webhooks.delivery_store import Attempt

_RESULTS: Final = ("delivered", "failed")
ATTEMPT_LABEL_VALUES: Final[LabelValues] = {DELIVERIES.name: {"result": _RESULTS}}


class AttemptCounters(NamedTuple):
    """Each attempt counts once, as one or the other."""

    delivered: SharedCounter
    failed: SharedCounter

    @classmethod
    def of_metrics(cls, metrics: Metrics) -> Self:
        return cls(*(metrics.shared_counter(DELIVERIES, result) for result in _RESULTS))

    @classmethod
    def of_arguments(cls, arguments: Sequence[str]) -> Self | None:
        """Those of the process that started this one with these arguments; None for none."""
        return cls(*map(SharedCounter.parse, arguments)) if arguments else None

    def note(self, attempts: Sequence[Attempt]) -> None:
        delivered = sum(attempt.status == "delivered" for attempt in attempts)
        for counter, count in ((self.delivered, delivered), (self.failed, len(attempts) - delivered)):
            if count:
                counter.add(count)
