"""Old keys are deleted, of one tenant and up to a moment."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import insert, select

from app.store.queries.idempotency_keys import delete_keys
from app.store.store import Store
from app.store.tables import idempotency_keys
from tests.support.events import new_id, noon

MOMENT = noon()


async def keep(store: Store, tenant_id: str, key: str, created_at: datetime) -> None:
    row = {"tenant_id": tenant_id, "key": key, "request_hash": b"h", "response_body": b"{}", "created_at": created_at}
    await store.write([tenant_id], lambda connection: connection.execute(insert(idempotency_keys), row))


async def kept(store: Store, tenant_id: str) -> list[str]:
    columns = idempotency_keys.c
    keys = select(columns.key).where(columns.tenant_id == tenant_id).order_by(columns.created_at)
    return await store.read([tenant_id], lambda connection: list(connection.execute(keys).scalars()))


async def test_keys_made_before_the_moment_are_deleted_and_counted(store: Store) -> None:
    tenant_id = new_id()
    for microseconds, key in ((-2, "older"), (-1, "old"), (0, "of the moment"), (1, "younger")):
        await keep(store, tenant_id, key, MOMENT + timedelta(microseconds=microseconds))
    delete = partial(delete_keys, tenant_id=tenant_id, before=MOMENT)
    assert await store.write([tenant_id], delete) == 2
    assert await kept(store, tenant_id) == ["of the moment", "younger"]
    assert await store.write([tenant_id], delete) == 0


async def test_keys_of_another_tenant_are_kept(store: Store) -> None:
    tenant_id, other_id = new_id(), new_id()
    for each in (tenant_id, other_id):
        await keep(store, each, "old", MOMENT - timedelta(days=1))
    assert await store.write([tenant_id, other_id], partial(delete_keys, tenant_id=tenant_id, before=MOMENT)) == 1
    assert await kept(store, other_id) == ["old"]
