"""Webhook endpoints of a restored ledger: disabled, so that nothing is sent unasked; enabled, they go on where they stood."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from app.store.backup import restore_backup, write_backup
from app.store.open import open_store
from app.store.store import Store
from tests.support.backups import client_programs_on_the_path, ignore_progress
from tests.support.databases import Databases
from tests.support.events import Tenant, eventful_loan, running_writer
from tests.support.webhooks import Webhooks, attempt


@pytest.fixture(autouse=True, scope="module")
def client_programs() -> Iterator[None]:
    with client_programs_on_the_path():
        yield


async def untried(webhooks: Webhooks, endpoint_id: str) -> list[str]:
    claimed = await webhooks.deliveries.claim("tester", 60, 100)
    [found] = [each for each in claimed if each.lease.webhook_endpoint_id == endpoint_id]
    page = await webhooks.deliveries.untried(found.lease, found.cursor, 100)
    assert page is not None
    return [entry.journal_entry_id for entry in page.entries]


async def test_endpoints_come_back_disabled_and_go_on_where_they_stood(
    tenant: Tenant, store: Store, database_url: str, engine_name: str, databases: Databases, tmp_path: Path
) -> None:
    await eventful_loan(tenant)
    before = Webhooks(store, tenant.tenant_id)
    first, second = await before.create(), await before.create()
    await before.disable(second)
    [claimed] = await before.deliveries.claim("tester", 3_600, 100)
    page = await before.deliveries.untried(claimed.lease, claimed.cursor, 100)
    assert page is not None
    delivered, *waiting = page.entries
    assert delivered.cursor is not None
    await before.deliveries.record([attempt(claimed.lease, delivered)], {claimed.lease: delivered.cursor})
    await asyncio.to_thread(write_backup, database_url, tmp_path / "a.backup", ignore_progress)
    with databases.empty(engine_name) as elsewhere:
        assert await asyncio.to_thread(restore_backup, tmp_path / "a.backup", elsewhere, ignore_progress) == 1
        restored = open_store(elsewhere)
        try:
            await assert_goes_on(restored, tenant.tenant_id, (first, second), [entry.journal_entry_id for entry in waiting])
        finally:
            await restored.close()


async def assert_goes_on(store: Store, tenant_id: str, endpoints: tuple[str, str], waiting: list[str]) -> None:
    after = Webhooks(store, tenant_id)
    assert [(await after.view(each)).status for each in endpoints] == ["disabled", "disabled"]
    assert not await after.deliveries.is_unattended()
    async with running_writer(store) as writer:
        await eventful_loan(Tenant(writer, tenant_id, count(1_000)))
    first, _ = endpoints
    await after.enable(first)
    assert await after.counts(first) == (1, len(waiting) + 7)
    found = await untried(after, first)
    assert found[: len(waiting)] == waiting
    assert len(found) == len(waiting) + 7
