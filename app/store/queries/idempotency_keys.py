"""Idempotency keys outside the writer's transaction: the old ones are deleted."""

from datetime import datetime

from sqlalchemy import Connection, and_, cast, delete, func, insert, select

from app.store.tables import Id, former_keys, idempotency_keys


def delete_keys(connection: Connection, tenant_id: str, before: datetime) -> int:
    """Deletes the tenant's keys that were made before a moment, of which only that moment is kept; returns how many.

    On PostgreSQL a function of the owner does it, which never deletes a key of the last 24 hours.
    """
    if connection.dialect.name == "postgresql":
        return int(connection.scalar(select(func.hpts_forget_keys(cast(tenant_id, Id), before))) or 0)
    keys = idempotency_keys.c
    old = and_(keys.tenant_id == tenant_id, keys.created_at < before)
    kept = select(keys.tenant_id, keys.key, keys.created_at).where(old)
    connection.execute(insert(former_keys).from_select([column.name for column in former_keys.c], kept))
    return connection.execute(delete(idempotency_keys).where(old)).rowcount
