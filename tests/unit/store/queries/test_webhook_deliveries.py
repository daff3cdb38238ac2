"""A delivery is found by its entry: with its attempts, waiting, or none of the endpoint's."""

from functools import partial

from app.store.queries.webhook_deliveries import DeliveryView, delivery_of
from app.store.queries.webhook_endpoints import endpoint_place
from app.store.store import Store
from tests.support.events import Tenant, disbursement, new_id, running_writer
from tests.support.webhooks import Webhooks


async def test_an_entry_that_waits_is_pending_and_one_before_the_start_is_none(store: Store) -> None:
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        early = (await tenant.post(disbursement(new_id())))["journal_entry_id"]
        webhooks = Webhooks(store, tenant.tenant_id)
        endpoint_id = await webhooks.create(starts="now")
        late = (await tenant.post(disbursement(new_id())))["journal_entry_id"]
    read = partial(endpoint_place, tenant_id=tenant.tenant_id, endpoint_id=endpoint_id)
    place = await store.read([tenant.tenant_id], read)
    assert place is not None
    for entry_id, expected in ((early, None), (late, DeliveryView(late, "disbursement", "pending")), (new_id(), None)):
        find = partial(delivery_of, tenant_id=tenant.tenant_id, endpoint=place, entry_id=entry_id)
        assert await store.read([tenant.tenant_id], find) == expected
