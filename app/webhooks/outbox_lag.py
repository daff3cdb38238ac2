"""Tells the metrics how far the delivery of webhooks is behind, whether anything delivers or not."""

from typing import Final

from app.observability.metric import OUTBOX_LAG
from app.observability.metrics import Metrics
from app.store.queries.tenants import all_tenants
from app.store.queries.webhook_due import oldest_pending
from app.store.store import Store

LAG_READING_SECONDS: Final = 4.0
_FAR_AHEAD: Final = 2.0**40
"""A moment that does not come: the age that is counted from it is 0."""


async def read_outbox_lag(store: Store, metrics: Metrics) -> None:
    """Raises StoreUnavailable; what was read before stays."""
    posted_at = await store.read(await store.read((), all_tenants), oldest_pending)
    metrics.set_moment(OUTBOX_LAG, _FAR_AHEAD if posted_at is None else posted_at.timestamp())
