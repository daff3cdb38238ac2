"""Idempotency keys are kept for a time, at least 24 hours, and then may be used anew."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from app.store.queries.idempotency_keys import delete_keys
from app.store.queries.tenants import all_tenants
from app.store.store import Store

logger: Final = logging.getLogger("hpts.posting")
RETENTION_INTERVAL_SECONDS: Final = 3600
"""Between two rounds of forgetting keys."""


class KeyRetention:
    """Forgets the keys of all tenants that are older than `retention_days`."""

    def __init__(self, store: Store, now: Callable[[], datetime], retention_days: int) -> None:
        self._store = store
        self._now = now
        self._retention_days = retention_days

    async def forget_expired(self) -> int:
        """Returns how many keys were forgotten. Raises StoreUnavailable."""
        before = self._now() - timedelta(days=self._retention_days)
        forgotten = 0
        for tenant_id in await self._store.read((), all_tenants):
            forgotten += await self._store.write([tenant_id], partial(delete_keys, tenant_id=tenant_id, before=before))
        logger.info("forgot %d idempotency keys older than %d days", forgotten, self._retention_days)
        return forgotten
