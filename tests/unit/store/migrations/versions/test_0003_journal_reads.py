"""The third migration keeps what was posted before as it was: an old entry tells no key, and new ones do."""

import asyncio

from app.reads.service import Reads
from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.queries.journal import HistoryFilter
from tests.support.databases import Databases
from tests.support.events import Tenant, new_id, payment, running_writer
from tests.unit.store.migrations.versions.test_0002_defences import insert_disbursement


async def test_entries_that_were_posted_before_have_no_key(engine_name: str, databases: Databases) -> None:
    tenant_id, loan_id = new_id(), new_id()
    with databases.empty(engine_name) as url:
        await asyncio.to_thread(migrate_schema, url, "0001")
        insert_disbursement(url, tenant_id, loan_id)
        await asyncio.to_thread(migrate_schema, url)
        store = open_store(url)
        async with running_writer(store) as writer:
            await Tenant(writer, tenant_id).post(payment(loan_id, 30), "payment:00001")
        page = await Reads(store).loan_entries(tenant_id, loan_id, HistoryFilter(), 5, None)
        assert {(entry.event_type, entry.idempotency_key) for entry in page.entries} == {
            ("payment_received", "payment:00001"),
            ("disbursement", None),
        }
        await store.close()
