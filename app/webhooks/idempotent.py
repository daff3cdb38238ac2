"""Requests that change something and post nothing, carried out once for each Idempotency-Key, as postings are."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from app.posting.refusals import IdempotencyInProgress, IdempotencyMismatch
from app.store.queries import admin_requests
from app.store.store import Store
from app.store.transaction import StoredAnswer


class AdminRequest(NamedTuple):
    """Which request asks: `request_hash` identifies its operation and payload."""

    tenant_id: str
    idempotency_key: str
    request_hash: bytes


class AdminResult(NamedTuple):
    """The answer as it is stored: JSON, byte for byte the same for every repetition of the request."""

    body: bytes
    replayed: bool


async def perform_once(
    store: Store, request: AdminRequest, now: datetime, act: Callable[[Connection], Mapping[str, Any]]
) -> AdminResult:
    """Acts and keeps the answer in one transaction, or finds the answer that the key got the first time.

    Raises what `act` raises, with nothing changed and no key used; IdempotencyMismatch, IdempotencyInProgress, StoreUnavailable.
    """
    return await store.write([request.tenant_id], partial(_perform, request=request, now=now, act=act))


def _perform(
    connection: Connection, request: AdminRequest, now: datetime, act: Callable[[Connection], Mapping[str, Any]]
) -> AdminResult:
    tenant_id, key, request_hash = request
    is_claimed = admin_requests.claim_key(connection, tenant_id, key)
    stored = admin_requests.stored_answer(connection, tenant_id, key)
    if stored is None and not is_claimed:
        raise IdempotencyInProgress
    if stored is not None:
        if stored.request_hash != request_hash:
            raise IdempotencyMismatch(orjson.loads(stored.response_body).get("journal_entry_id"))
        return AdminResult(stored.response_body, replayed=True)
    body = orjson.dumps(act(connection))
    admin_requests.keep_answer(connection, tenant_id, key, StoredAnswer(request_hash, body), now)
    return AdminResult(body, replayed=False)
