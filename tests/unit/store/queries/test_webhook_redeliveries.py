"""What is asked for again is pending, whatever became of it before, and counted by its endpoint; earlier entries are added."""

from app.store.store import Store
from tests.support.events import Tenant, disbursement, new_id, running_writer
from tests.support.webhooks import Webhooks, attempt


async def test_each_entry_is_pending_once_however_often_it_is_asked_for(store: Store) -> None:
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        ids = [(await tenant.post(disbursement(new_id())))["journal_entry_id"] for _ in range(2)]
        webhooks = Webhooks(store, tenant.tenant_id)
        endpoint_id = await webhooks.create(starts="now")
        ids += [(await tenant.post(disbursement(new_id())))["journal_entry_id"] for _ in range(4)]
    lease = await webhooks.lease(endpoint_id)
    page = await webhooks.deliveries.untried(lease, (await webhooks.deliveries.renew([lease], 60))[0].cursor, 3)
    assert page is not None
    statuses = ("delivered", "pending", "failed")
    await webhooks.deliveries.record(
        [attempt(lease, entry, status) for entry, status in zip(page.entries, statuses, strict=True)], {lease: page.cursor}
    )
    assert (await webhooks.counts(endpoint_id), (await webhooks.view(endpoint_id)).failing_entries) == ((1, 2), 1)
    for expected in (4, 4):
        for entry_id in ids[2:]:
            assert await webhooks.redeliver(endpoint_id, entry_id) == 1
        assert (await webhooks.counts(endpoint_id), (await webhooks.view(endpoint_id)).failing_entries) == ((0, expected), 0)
    for _ in range(2):
        assert [await webhooks.redeliver(endpoint_id, entry_id) for entry_id in ids[:2]] == [1, 1]
        assert await webhooks.counts(endpoint_id) == (0, 6)
    assert [each.journal_entry_id for each in await webhooks.listed(endpoint_id)] == ids[::-1]
