"""Endpoints are shown to their tenant, the newest first, with counts of one moment."""

from functools import partial

from app.store.queries.webhook_endpoints import endpoint_views, lock_endpoints, set_status, tenants_with_endpoints
from app.store.store import Store
from tests.support.events import new_id
from tests.support.webhooks import Webhooks


async def test_endpoints_are_shown_to_their_tenant_only(store: Store) -> None:
    mine, theirs = Webhooks(store, new_id()), Webhooks(store, new_id())
    ids = [await mine.create(description=f"{number}") for number in range(3)]
    other = await theirs.create()
    views = await store.read([mine.tenant_id], partial(endpoint_views, tenant_id=mine.tenant_id, limit=9))
    assert [each.webhook_endpoint_id for each in views] == ids[::-1]
    assert [each.description for each in views] == ["2", "1", "0"]
    older = await store.read([mine.tenant_id], partial(endpoint_views, tenant_id=mine.tenant_id, limit=1, before=ids[2]))
    assert [each.webhook_endpoint_id for each in older] == [ids[1]]
    named = partial(endpoint_views, tenant_id=mine.tenant_id, limit=1, endpoint_id=other)
    assert await store.read([mine.tenant_id], named) == []
    assert {mine.tenant_id, theirs.tenant_id} <= set(await store.read((), tenants_with_endpoints))


async def test_disabled_endpoints_take_no_room(store: Store) -> None:
    webhooks = Webhooks(store, new_id())
    tenant_id, ids = webhooks.tenant_id, [await webhooks.create() for _ in range(2)]
    change = partial(set_status, tenant_id=tenant_id, endpoint_id=ids[0], status="disabled")
    assert [await store.write([tenant_id], change) for _ in range(2)] == [True, False]
    assert await store.write([tenant_id], partial(lock_endpoints, tenant_id=tenant_id)) == 1
