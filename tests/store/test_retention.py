"""Idempotency keys expire by age, tenant by tenant, and only then may be used anew."""

from datetime import timedelta

from app.posting.key_retention import KeyRetention
from app.store.store import Store
from tests.support.events import Tenant, disbursement, new_id, noon, running_writer

KEY = "disbursement:loan_7"


async def test_a_key_is_kept_until_it_is_older_than_the_retention(store: Store) -> None:
    event = disbursement(new_id())
    async with running_writer(store) as writer:
        tenants = [Tenant(writer), Tenant(writer)]
        first = [await tenant.post(event, KEY) for tenant in tenants]
        assert await KeyRetention(store, lambda: noon() + timedelta(days=30), 30).forget_expired() == 0
        assert [await tenant.post(event, KEY) for tenant in tenants] == first
        assert await KeyRetention(store, lambda: noon() + timedelta(days=30, seconds=1), 30).forget_expired() == 2
        anew = await tenants[0].post(event, KEY)
    assert anew["journal_entry_id"] != first[0]["journal_entry_id"]
