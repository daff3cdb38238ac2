"""Idempotency of requests that post nothing: what such a request changes and its key are kept in one transaction."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, text

from app.store.tables import idempotency_keys
from app.store.transaction import StoredAnswer

_CLAIM: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended(CAST(:tenant_id AS text) || CAST(:key AS text), 0))")
"""The same lock as a posting takes for its key."""
_key: Final = idempotency_keys.c


def claim_key(connection: Connection, tenant_id: str, key: str) -> bool:
    """Whether no other request with this key is under way; on SQLite transactions take turns."""
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.scalar(_CLAIM, {"tenant_id": tenant_id, "key": key}))


def stored_answer(connection: Connection, tenant_id: str, key: str) -> StoredAnswer | None:
    """What the key was used for; None for one that was not used."""
    found = select(_key.request_hash, _key.response_body).where(_key.tenant_id == tenant_id, _key.key == key)
    row = connection.execute(found).one_or_none()
    return None if row is None else StoredAnswer(bytes(row[0]), bytes(row[1]))


def keep_answer(connection: Connection, tenant_id: str, key: str, answer: StoredAnswer, now: datetime) -> None:
    row = {"request_hash": answer.request_hash, "response_body": answer.response_body, "created_at": now}
    connection.execute(insert(idempotency_keys), {"tenant_id": tenant_id, "key": key, **row})
