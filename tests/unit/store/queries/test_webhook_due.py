"""Due entries come with the longest due first, and only until the moment that is asked about; one is the oldest pending."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from app import clock
from app.store.open import open_store
from app.store.queries.webhook_due import due_entries, entries_with_row, oldest_pending
from app.store.store import Store
from app.webhooks.delivery_store import Cursor, PendingEntry
from tests.support.databases import Databases
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


async def test_the_oldest_pending_entry_is_untried_or_tried_in_vain_at_an_enabled_endpoint(
    databases: Databases, engine_name: str
) -> None:
    """In a database of its own, since SQLite shows the endpoints of all tenants."""
    with databases.fresh(engine_name) as url:
        store = open_store(url)
        await check_oldest_pending(store)
        await store.close()


async def check_oldest_pending(store: Store) -> None:
    async with running_writer(store) as writer:
        webhooks = Webhooks(store, Tenant(writer).tenant_id)
        for _ in range(3):
            await Tenant(writer, webhooks.tenant_id).post(disbursement(new_id()), new_id())
    assert await oldest(webhooks) is None
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    page = await webhooks.deliveries.untried(lease, (await webhooks.deliveries.renew([lease], 60))[0].cursor, 10)
    assert page is not None
    one, two, three = page.entries
    assert await oldest(webhooks) == one.posted_at
    await webhooks.deliveries.record([attempt(lease, one)], {lease: cursor_after(one)})
    assert await oldest(webhooks) == two.posted_at
    await webhooks.deliveries.record([attempt(lease, two, "pending")], {lease: cursor_after(two)})
    assert await oldest(webhooks) == two.posted_at
    await webhooks.deliveries.record([attempt(lease, two, "failed"), attempt(lease, three)], {lease: page.cursor})
    assert await oldest(webhooks) is None
    await webhooks.redeliver(endpoint_id, one.journal_entry_id)
    assert await oldest(webhooks) == one.posted_at
    await webhooks.disable(endpoint_id)
    assert await oldest(webhooks) is None


async def oldest(webhooks: Webhooks) -> datetime | None:
    return await webhooks.store.read([webhooks.tenant_id], oldest_pending)


def cursor_after(entry: PendingEntry) -> Cursor:
    assert entry.cursor is not None
    return entry.cursor


def _with_row(connection: Connection, key: tuple[str, str], entry_ids: list[str]) -> frozenset[str]:
    return entries_with_row(connection, *key, entry_ids)
