"""Reads what stands at this moment into the metrics: of this worker every second, of the whole server every few seconds."""

from functools import partial
from time import monotonic
from typing import Final

from app.observability.metric import (
    JWKS_AGE,
    POOL_CONNECTIONS,
    QUEUE_DEPTH,
    RECONCILIATION_AGE,
    RECONCILIATION_FINDINGS,
    RECONCILIATION_STATUS,
    LabelValues,
)
from app.observability.metrics import Metrics
from app.services import Services
from app.store.queries.reconciliation_runs import newest_runs
from app.store.queries.tenants import all_tenants
from app.webhooks.outbox_lag import LAG_READING_SECONDS, read_outbox_lag

REFRESH_SECONDS: Final = 1.0
READING_SECONDS: Final = LAG_READING_SECONDS
"""Between readings of the database, which one worker makes for all."""
GAUGE_LABEL_VALUES: Final[LabelValues] = {
    POOL_CONNECTIONS.name: {"pool": ("postings", "reads", "scans"), "state": ("in_use", "idle")}
}


class Gauges:
    """Of one worker."""

    def __init__(self, metrics: Metrics, services: Services) -> None:
        self._metrics = metrics
        self._services = services
        self._read_at = -READING_SECONDS

    async def refresh(self) -> None:
        """Raises StoreUnavailable; what was read before stays."""
        metrics, services = self._metrics, self._services
        metrics.set(QUEUE_DEPTH, services.writer.queue_depth)
        for pool, (in_use, idle) in services.store.connections().items():
            metrics.set(POOL_CONNECTIONS, in_use, pool, "in_use")
            metrics.set(POOL_CONNECTIONS, idle, pool, "idle")
        age = services.keys.age_seconds
        metrics.set_moment(JWKS_AGE, None if age is None else metrics.now() - age)
        if monotonic() - self._read_at >= READING_SECONDS and metrics.speaks_for_all():
            self._read_at = monotonic()
            await read_outbox_lag(services.store, metrics)
            await self._refresh_reconciliation()

    async def _refresh_reconciliation(self) -> None:
        store, metrics = self._services.store, self._metrics
        tenant_ids = await store.read((), all_tenants)
        runs = await store.read(tenant_ids, partial(newest_runs, tenant_ids=tenant_ids))
        if not runs:
            return
        results = [result for _, result in runs]
        parts = [result[name]["status"] for result in results for name in ("ledger_integrity", "portfolio_rollup")]
        metrics.set(RECONCILIATION_STATUS, int(all(status == "ok" for status in parts)))
        metrics.set(RECONCILIATION_FINDINGS, sum(result["ledger_integrity"]["mismatched_account_count"] for result in results))
        metrics.set_moment(RECONCILIATION_AGE, min(checked_at.timestamp() for checked_at, _ in runs))
