"""Idempotency keys outside the writer's transaction: the old ones are deleted."""

from datetime import datetime

from sqlalchemy import Connection, cast, delete, func, select

from app.store.tables import Id, idempotency_keys


def delete_keys(connection: Connection, tenant_id: str, before: datetime) -> int:
    """Deletes the tenant's keys that were made before a moment; returns how many.

    On PostgreSQL a function of the owner does it, which never deletes a key of the last 24 hours.
    """
    if connection.dialect.name == "postgresql":
        return int(connection.scalar(select(func.hpts_forget_keys(cast(tenant_id, Id), before))) or 0)
    keys = idempotency_keys.c
    return connection.execute(delete(idempotency_keys).where(keys.tenant_id == tenant_id, keys.created_at < before)).rowcount
