"""What a metric is, and every metric that there is: names, labels and buckets.

No label holds a tenant, an id or anything else that a caller chose, so the number of series is bounded by the contract.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Final


class Kind(Enum):
    """How the numbers of several workers become one: added up, or the greatest age; a server's number has one writer."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    GAUGE = "sum of the workers' gauges"
    AGE = "seconds since the earliest moment of any worker"
    SERVER_GAUGE = "gauge that one worker sets for all"
    SERVER_AGE = "seconds since a moment that one worker sets for all"


@dataclass(frozen=True, slots=True)
class Metric:
    """`edges` are the upper bounds of a histogram's buckets, `unit` is what its sum is counted in."""

    name: str
    help: str
    kind: Kind
    labels: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    unit: float = 1.0

    @property
    def width(self) -> int:
        """Cells of one series: a histogram has its buckets, the last of which is without bound, and its sum."""
        return len(self.edges) + 2 if self.kind is Kind.HISTOGRAM else 1


NANOSECOND: Final = 1e-9
REQUEST_EDGES: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds. The objectives are stated at 100 and 300 ms."""
COMMIT_EDGES: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
BATCH_EDGES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)

REQUEST_SECONDS: Final = Metric(
    "hpts_request_seconds",
    "Requests by how long they took, from their head to the end of their answer",
    Kind.HISTOGRAM,
    ("operation", "status"),
    REQUEST_EDGES,
    NANOSECOND,
)
REFUSALS: Final = Metric("hpts_refusals", "Problems that were answered, by their code", Kind.COUNTER, ("code",))
POSTINGS: Final = Metric("hpts_postings", "Journal entries that were committed", Kind.COUNTER)
BATCH_SIZE: Final = Metric("hpts_batch_size", "Postings that a transaction of the writer took", Kind.HISTOGRAM, (), BATCH_EDGES)
COMMIT_SECONDS: Final = Metric(
    "hpts_commit_seconds",
    "Transactions of the writer by how long they took, from their begin to their commit",
    Kind.HISTOGRAM,
    (),
    COMMIT_EDGES,
    NANOSECOND,
)
QUEUE_DEPTH: Final = Metric("hpts_queue_depth", "Postings that wait for a transaction", Kind.GAUGE)
POOL_CONNECTIONS: Final = Metric(
    "hpts_pool_connections", "Connections to the database by what they are for", Kind.GAUGE, ("pool", "state")
)
JWKS_AGE: Final = Metric("hpts_jwks_age_seconds", "Seconds since the issuer's key set was read", Kind.AGE)
RECONCILIATION_STATUS: Final = Metric(
    "hpts_reconciliation_status", "1 when the newest run of every tenant found nothing, else 0", Kind.SERVER_GAUGE
)
RECONCILIATION_AGE: Final = Metric(
    "hpts_reconciliation_age_seconds", "Seconds since the newest run of the tenant that waits longest", Kind.SERVER_AGE
)
RECONCILIATION_FINDINGS: Final = Metric(
    "hpts_reconciliation_findings", "Accounts and loans that differ from the journal by the newest runs", Kind.SERVER_GAUGE
)
DATABASE_ERRORS: Final = Metric(
    "hpts_database_errors",
    "Errors of the database, by SQLSTATE or by SQLite's name of the code",
    Kind.COUNTER,
    ("engine", "code"),
)
OUTBOX_LAG: Final = Metric(
    "hpts_outbox_lag_seconds",
    "Seconds since the oldest entry was posted that is pending at an enabled webhook endpoint",
    Kind.SERVER_AGE,
)
DELIVERIES: Final = Metric("hpts_webhook_deliveries", "Attempts to deliver a webhook", Kind.COUNTER, ("result",))

METRICS: Final = (
    REQUEST_SECONDS,
    REFUSALS,
    POSTINGS,
    BATCH_SIZE,
    COMMIT_SECONDS,
    QUEUE_DEPTH,
    POOL_CONNECTIONS,
    JWKS_AGE,
    RECONCILIATION_STATUS,
    RECONCILIATION_AGE,
    RECONCILIATION_FINDINGS,
    DATABASE_ERRORS,
    OUTBOX_LAG,
    DELIVERIES,
)


OTHER: Final = "other"
LabelValues = Mapping[str, Mapping[str, Collection[str]]]
"""By metric and label, every value that there may be; what is none of them counts as OTHER."""


def series_of(metric: Metric, values: LabelValues) -> list[tuple[str, ...]]:
    """The labels of every series of a metric."""
    known = values.get(metric.name, {})
    return list(product(*((*known.get(label, ()), OTHER) for label in metric.labels)))
