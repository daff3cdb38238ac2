"""Every tenant that ever posted is known, whichever tenants a connection is admitted to."""

from app.store.queries.tenants import all_tenants
from app.store.store import Store
from tests.support.events import Tenant, disbursement, new_id, running_writer


async def test_tenants_are_known_from_their_first_posting_on_in_the_order_of_their_ids(store: Store) -> None:
    async with running_writer(store) as writer:
        tenants = [Tenant(writer) for _ in range(5)]
        new_ids = {tenant.tenant_id for tenant in tenants}
        assert new_ids.isdisjoint(await store.read((), all_tenants))
        for tenant in (*tenants, *tenants):
            await tenant.post(disbursement(new_id()))
    found = await store.read((), all_tenants)
    assert found == sorted(set(found))
    assert new_ids <= set(found)
