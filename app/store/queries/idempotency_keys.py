"""Idempotency keys outside the writer's transaction: the old ones are deleted."""

from datetime import datetime

from sqlalchemy import Connection, delete

from app.store.tables import idempotency_keys


def delete_keys(connection: Connection, tenant_id: str, before: datetime) -> int:
    """Deletes the tenant's keys that were made before a moment; returns how many."""
    keys = idempotency_keys.c
    return connection.execute(delete(idempotency_keys).where(keys.tenant_id == tenant_id, keys.created_at < before)).rowcount
