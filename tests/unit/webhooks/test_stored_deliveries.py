"""What the deliverer asks of the database: leases, entries in order, attempts that are recorded, counts that are exact."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from app.store.open import open_store
from app.store.store import Store
from app.store.tables import webhook_endpoints
from app.webhooks.delivery_store import Attempt, Cursor, Lease, PendingEntry
from tests.support.events import Tenant, disbursement, fee, new_id, payment
from tests.support.webhooks import LATER, LEASE_SECONDS, URL, Webhooks, attempt


@pytest.fixture
def webhooks(store: Store, tenant: Tenant) -> Webhooks:
    return Webhooks(store, tenant.tenant_id)


async def posted(tenant: Tenant, count: int) -> list[str]:
    return [(await tenant.post(disbursement(new_id()), str(uuid4())))["journal_entry_id"] for _ in range(count)]


async def untried(webhooks: Webhooks, lease: Lease, limit: int = 100) -> list[PendingEntry]:
    page = await webhooks.deliveries.untried(lease, await cursor_of(webhooks, lease), limit)
    assert page is not None
    return list(page.entries)


async def cursor_of(webhooks: Webhooks, lease: Lease) -> Cursor:
    [leased] = await webhooks.deliveries.renew([lease], LEASE_SECONDS)
    return leased.cursor


async def record(webhooks: Webhooks, *attempts: Attempt, cursor: Cursor | None = None) -> None:
    cursors = {} if cursor is None else {attempts[0].lease: cursor}
    assert await webhooks.deliveries.record(attempts, cursors) == []


async def test_untried_entries_come_once_in_posting_order_with_the_secret(webhooks: Webhooks, tenant: Tenant) -> None:
    entry_ids = await posted(tenant, 5)
    endpoint_id = await webhooks.create()
    [leased] = await webhooks.deliveries.claim("me", LEASE_SECONDS, 10)
    secrets = await webhooks.administration.secrets(tenant.tenant_id, endpoint_id)
    assert (leased.url, leased.failing_since) == (URL, None)
    assert [each.key for each in leased.secrets] == [secrets.secret]
    found: list[PendingEntry] = []
    cursor = leased.cursor
    while True:
        page = await webhooks.deliveries.untried(leased.lease, cursor, 2)
        assert page is not None
        if not page.entries:
            break
        found, cursor = [*found, *page.entries], page.cursor
    assert [each.journal_entry_id for each in found] == entry_ids
    assert [(each.attempt_count, each.round_attempts, each.event_type) for each in found] == [(0, 0, "disbursement")] * 5
    assert found[-1].cursor == cursor
    assert await webhooks.deliveries.with_work({leased.lease: cursor}, LATER) == []
    assert await webhooks.deliveries.with_work({leased.lease: leased.cursor}, LATER) == [leased.lease]


async def test_an_endpoint_whose_secret_is_under_another_key_keeps_no_other_from_its_deliveries(
    webhooks: Webhooks, tenant: Tenant, store: Store
) -> None:
    unreadable, readable = await webhooks.create(), await webhooks.create()
    of_endpoint = webhook_endpoints.c.webhook_endpoint_id == unreadable
    spoil = (
        update(webhook_endpoints).where(webhook_endpoints.c.tenant_id == tenant.tenant_id, of_endpoint).values(secret=b"x" * 60)
    )
    await store.write([tenant.tenant_id], lambda connection: connection.execute(spoil))
    claimed = await webhooks.deliveries.claim("me", LEASE_SECONDS, 10)
    assert [each.lease.webhook_endpoint_id for each in claimed] == [readable]
    assert len(await webhooks.deliveries.renew([each.lease for each in claimed], LEASE_SECONDS)) == 1


async def test_entries_of_other_types_are_passed_over(webhooks: Webhooks, tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id))
    await tenant.post(fee(loan_id, 5))
    await tenant.post(payment(loan_id, 7))
    endpoint_id = await webhooks.create(event_types=["fee_assessed"])
    lease = await webhooks.lease(endpoint_id)
    page = await webhooks.deliveries.untried(lease, await cursor_of(webhooks, lease), 100)
    assert page is not None
    assert [each.event_type for each in page.entries] == ["fee_assessed"]
    assert page.cursor > str(page.entries[0].cursor)
    assert await webhooks.counts(endpoint_id) == (0, 1)


async def test_counts_and_the_list_follow_every_attempt(webhooks: Webhooks, tenant: Tenant) -> None:
    entry_ids = await posted(tenant, 4)
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    first, second, third, fourth = await untried(webhooks, lease)
    await record(webhooks, attempt(lease, first), attempt(lease, second, "pending"), cursor=first.cursor)
    view = await webhooks.view(endpoint_id)
    assert (view.is_failing, await webhooks.counts(endpoint_id)) == (True, (1, 3))
    assert view.last_failure is not None
    assert (view.last_failure.journal_entry_id, view.last_failure.response_status) == (second.journal_entry_id, 500)
    assert [each.journal_entry_id for each in await untried(webhooks, lease)] == entry_ids[2:]
    await record(webhooks, attempt(lease, fourth, "failed"), attempt(lease, third), cursor=fourth.cursor)
    assert [(each.journal_entry_id, each.status) for each in await webhooks.listed(endpoint_id)] == list(
        zip(entry_ids[::-1], ("failed", "delivered", "pending", "delivered"), strict=True)
    )
    for status, ids in (("pending", entry_ids[1:2]), ("failed", entry_ids[3:]), ("delivered", [entry_ids[2], entry_ids[0]])):
        assert [each.journal_entry_id for each in await webhooks.listed(endpoint_id, status)] == ids
    due = await webhooks.deliveries.due(lease, LATER, 10)
    assert due is not None
    assert [(each.journal_entry_id, each.attempt_count, each.round_attempts) for each in due.entries] == [(entry_ids[1], 1, 1)]
    await record(webhooks, attempt(lease, due.entries[0]))
    view = await webhooks.view(endpoint_id)
    assert (view.is_failing, view.status, await webhooks.counts(endpoint_id)) == (False, "enabled", (3, 0))
    assert view.last_success_at is not None


async def test_a_record_that_is_repeated_changes_nothing(webhooks: Webhooks, tenant: Tenant) -> None:
    await posted(tenant, 3)
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    one, two, three = await untried(webhooks, lease)
    attempts = attempt(lease, one), attempt(lease, two, "pending"), attempt(lease, three, "failed")
    await record(webhooks, *attempts, cursor=three.cursor)
    once = await webhooks.view(endpoint_id), await webhooks.listed(endpoint_id)
    await record(webhooks, *attempts, cursor=one.cursor)
    assert (await webhooks.view(endpoint_id), await webhooks.listed(endpoint_id)) == once
    assert await cursor_of(webhooks, lease) == three.cursor


async def test_an_entry_that_was_attempted_before_its_turn_is_not_untried(webhooks: Webhooks, tenant: Tenant) -> None:
    entry_ids = await posted(tenant, 3)
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    await record(webhooks, attempt(lease, (await untried(webhooks, lease))[1]))
    assert [each.journal_entry_id for each in await untried(webhooks, lease)] == [entry_ids[0], entry_ids[2]]
    assert await webhooks.counts(endpoint_id) == (1, 2)
    assert [each.journal_entry_id for each in await webhooks.listed(endpoint_id, "pending")] == [entry_ids[2], entry_ids[0]]


async def test_a_redelivery_starts_a_new_round(webhooks: Webhooks, tenant: Tenant) -> None:
    entry_ids = await posted(tenant, 3)
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    one, two, _ = await untried(webhooks, lease)
    await record(webhooks, attempt(lease, one), attempt(lease, two, "failed"), cursor=two.cursor)
    for entry_id, counts in ((entry_ids[0], (0, 2)), (entry_ids[1], (0, 3)), (entry_ids[2], (0, 3))):
        assert await webhooks.redeliver(endpoint_id, entry_id) == 1
        assert await webhooks.counts(endpoint_id) == counts
    due = await webhooks.deliveries.due(lease, LATER, 10)
    assert due is not None
    assert {(each.journal_entry_id, each.attempt_count, each.round_attempts) for each in due.entries} == {
        (entry_ids[0], 1, 0),
        (entry_ids[1], 1, 0),
    }
    await record(webhooks, *(attempt(lease, each) for each in due.entries))
    assert await webhooks.counts(endpoint_id) == (2, 1)
    assert [each.attempt_count for each in await webhooks.listed(endpoint_id, "delivered")] == [2, 2]


async def test_what_is_asked_for_while_an_attempt_is_under_way_is_sent_again(webhooks: Webhooks, tenant: Tenant) -> None:
    [entry_id] = await posted(tenant, 1)
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    [entry] = await untried(webhooks, lease)
    await record(webhooks, attempt(lease, entry, "failed"), cursor=entry.cursor)
    await webhooks.redeliver(endpoint_id, entry_id)
    page = await webhooks.deliveries.due(lease, LATER, 10)
    assert page is not None
    under_way = attempt(lease, page.entries[0])
    await webhooks.redeliver(endpoint_id, entry_id)
    await record(webhooks, under_way)
    [delivery] = await webhooks.listed(endpoint_id)
    assert (delivery.status, delivery.attempt_count) == ("pending", 2)
    assert await webhooks.counts(endpoint_id) == (0, 1)


async def test_410_disables_and_the_entry_stays_pending_until_enabled(webhooks: Webhooks, tenant: Tenant) -> None:
    await posted(tenant, 2)
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    one, _ = await untried(webhooks, lease)
    await record(webhooks, attempt(lease, one, "pending", response_status=410, disables=True), cursor=one.cursor)
    assert ((await webhooks.view(endpoint_id)).status, await webhooks.counts(endpoint_id)) == ("disabled", (0, 2))
    assert await webhooks.deliveries.untried(lease, Cursor("0:"), 10) is None
    assert await webhooks.deliveries.due(lease, LATER, 10) is None
    assert await webhooks.deliveries.renew([lease], LEASE_SECONDS) == []
    assert not await webhooks.deliveries.is_unattended()
    await webhooks.enable(endpoint_id)
    view = await webhooks.view(endpoint_id)
    assert (view.status, view.is_failing) == ("enabled", False)
    assert await webhooks.deliveries.is_unattended()
    again = await webhooks.lease(endpoint_id, "another")
    due = await webhooks.deliveries.due(again, LATER, 10)
    assert due is not None
    assert [(each.journal_entry_id, each.round_attempts) for each in due.entries] == [(one.journal_entry_id, 0)]
    assert len(await untried(webhooks, again)) == 1


async def test_attempts_under_way_while_an_endpoint_is_disabled_are_kept(webhooks: Webhooks, tenant: Tenant) -> None:
    await posted(tenant, 1)
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    [entry] = await untried(webhooks, lease)
    await webhooks.disable(endpoint_id)
    await record(webhooks, attempt(lease, entry), cursor=entry.cursor)
    assert await webhooks.counts(endpoint_id) == (1, 0)


async def test_a_lease_is_one_owner_s_until_it_runs_out_or_is_released(webhooks: Webhooks, tenant: Tenant) -> None:
    [_] = await posted(tenant, 1)
    endpoint_id = await webhooks.create()
    claims = await asyncio.gather(*(webhooks.deliveries.claim(f"owner {number}", LEASE_SECONDS, 10) for number in range(5)))
    [mine] = [each.lease for claimed in claims for each in claimed]
    assert await webhooks.deliveries.claim(mine.owner, LEASE_SECONDS, 10) == []
    assert not await webhooks.deliveries.is_unattended()
    await webhooks.deliveries.release([mine])
    theirs = await webhooks.lease(endpoint_id, "other")
    assert theirs.epoch > mine.epoch
    assert await webhooks.deliveries.renew([mine], LEASE_SECONDS) == []
    assert await webhooks.deliveries.untried(mine, Cursor("0:"), 10) is None
    [entry] = await untried(webhooks, theirs)
    assert await webhooks.deliveries.record([attempt(mine, entry)], {mine: entry.cursor or Cursor("")}) == [mine]
    assert await webhooks.counts(endpoint_id) == (0, 1)
    await webhooks.deliveries.renew([theirs], 0)
    assert await webhooks.deliveries.is_unattended()
    assert (await webhooks.lease(endpoint_id, "third")).epoch > theirs.epoch


async def test_failing_since_is_the_first_failure_after_the_last_success(webhooks: Webhooks, tenant: Tenant) -> None:
    await posted(tenant, 4)
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)

    async def failing_since() -> Any:
        [leased] = await webhooks.deliveries.renew([lease], LEASE_SECONDS)
        return leased.failing_since

    entries = await untried(webhooks, lease)
    first = attempt(lease, entries[0], "pending")
    await record(webhooks, first)
    await record(webhooks, attempt(lease, entries[1], "pending"))
    assert await failing_since() == first.ended_at
    await record(webhooks, attempt(lease, entries[2]))
    assert await failing_since() is None


async def test_endpoints_of_many_tenants_are_claimed_and_recorded_together(
    database_url: str, store: Store, tenant: Tenant
) -> None:
    others = [Webhooks(store, new_id()) for _ in range(3)]
    ids = [await each.create() for each in others]
    for each in others:
        await Tenant(tenant.writer, each.tenant_id).post(disbursement(new_id()))
    delivering = open_store(database_url, is_durable=False)
    try:
        deliveries = Webhooks(delivering, new_id()).deliveries
        claimed = [each for most in (2, 10) for each in await deliveries.claim("one", LEASE_SECONDS, most)]
        assert {each.lease.webhook_endpoint_id for each in claimed} == set(ids)
        read_to = {each.lease: each.cursor for each in claimed}
        assert set(await deliveries.with_work(read_to, LATER)) == set(read_to)
        pages = {lease: await deliveries.untried(lease, cursor, 10) for lease, cursor in read_to.items()}
        attempts = [attempt(lease, entry) for lease, page in pages.items() if page for entry in page.entries]
        assert len(attempts) == 3
        await deliveries.record(attempts, {lease: page.cursor for lease, page in pages.items() if page})
        assert [await each.counts(endpoint_id) for each, endpoint_id in zip(others, ids, strict=True)] == [(1, 0)] * 3
    finally:
        await delivering.close()
