"""Due entries come with the longest due first, and only until the moment that is asked about."""

from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from app import clock
from app.store.queries.webhook_due import due_entries, entries_with_row
from app.store.store import Store
from tests.support.events import Tenant, disbursement, new_id, running_writer
from tests.support.webhooks import Webhooks, attempt


async def test_the_longest_due_comes_first_and_what_is_not_due_not_at_all(store: Store) -> None:
    now = clock.now()
    async with running_writer(store) as writer:
        webhooks = Webhooks(store, Tenant(writer).tenant_id)
        for _ in range(4):
            await Tenant(writer, webhooks.tenant_id).post(disbursement(new_id()), new_id())
        lease = await webhooks.lease(await webhooks.create())
        page = await webhooks.deliveries.untried(lease, (await webhooks.deliveries.renew([lease], 60))[0].cursor, 10)
    assert page is not None
    moments = [now + timedelta(hours=hours) for hours in (3, 1, 9)]
    tried = [attempt(lease, entry, "pending", next_attempt_at=due) for entry, due in zip(page.entries, moments, strict=False)]
    await webhooks.deliveries.record(tried, {})
    ids = [each.journal_entry_id for each in page.entries]
    key = webhooks.tenant_id, lease.webhook_endpoint_id
    due = await store.read([webhooks.tenant_id], lambda each: due_entries(each, *key, moments[0], 10))
    assert [each.journal_entry_id for each in due] == [ids[1], ids[0]]
    for asked, expected in ((ids, ids[:3]), (ids[3:], []), ([], [])):
        found = await store.read([webhooks.tenant_id], partial(_with_row, key=key, entry_ids=asked))
        assert found == frozenset(expected)


def _with_row(connection: Connection, key: tuple[str, str], entry_ids: list[str]) -> frozenset[str]:
    return entries_with_row(connection, *key, entry_ids)
