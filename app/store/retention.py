"""Idempotency keys are kept for a time, at least 24 hours, and then may be used anew."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, delete, select

from app.store.phases import Store
from app.store.tables import idempotency_keys, tenants

logger = logging.getLogger("hpts.store")
EVERY_SECONDS = 3600


async def expire_keys(store: Store, before: datetime) -> int:
    """Forget the keys made before a moment; returns how many. Raises StoreUnavailable."""
    forgotten = 0
    for tenant_id in await store.read((), lambda connection: list(connection.scalars(select(tenants.c.tenant_id)))):
        forgotten += await store.write([tenant_id], partial(_expire, tenant_id=tenant_id, before=before))
    return forgotten


def _expire(connection: Connection, tenant_id: str, before: datetime) -> int:
    keys = idempotency_keys.c
    return connection.execute(delete(idempotency_keys).where(keys.tenant_id == tenant_id, keys.created_at < before)).rowcount


async def keep_expiring(store: Store, now: Callable[[], datetime], retention_days: int) -> None:
    """Expire keys at start and every hour, until cancelled; a failure is logged and tried again an hour later."""
    while True:
        try:
            forgotten = await expire_keys(store, now() - timedelta(days=retention_days))
            logger.info("forgot %d idempotency keys older than %d days", forgotten, retention_days)
        except Exception:
            logger.exception("idempotency keys were not expired")
        await asyncio.sleep(EVERY_SECONDS)
