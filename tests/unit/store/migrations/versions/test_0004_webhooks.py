"""The fourth migration gives a journal with data positions that begin after what is there, and costs no rewriting of it."""

import asyncio

import psycopg
import pytest

from app.outbox.journal_reader import next_entries
from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.queries.commit_order import BEGINNING
from tests.support.databases import ENGINES, Databases
from tests.support.events import Tenant, disbursement, new_id, running_writer

ENTRY = """INSERT INTO journal_entries (tenant_id, journal_entry_id, event_id, event_type, effective_at, posted_at, line_count,
    correlation_id, actor) VALUES (%s, %s, gen_random_uuid(), 'accrual', now(), now(), 0, gen_random_uuid(), 'somebody')"""


@pytest.mark.parametrize("engine_name", ENGINES)
def test_what_was_posted_before_is_read_before_what_is_posted_then(engine_name: str, databases: Databases) -> None:
    with databases.empty(engine_name) as url:
        migrate_schema(url, "0003_journal_reads")
        tenant_id, ids = new_id(), ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"]
        if engine_name == "postgresql":
            with psycopg.connect(url) as owner:
                for entry_id in ids[::-1]:
                    owner.execute(ENTRY.encode(), (tenant_id, entry_id))
        migrate_schema(url)
        posted, found = asyncio.run(_post_and_read(url, tenant_id))
        assert found == [*(ids if engine_name == "postgresql" else ()), posted]


async def _post_and_read(url: str, tenant_id: str) -> tuple[str, list[str]]:
    store = open_store(url)
    async with running_writer(store) as writer:
        posted = (await Tenant(writer, tenant_id).post(disbursement(new_id())))["journal_entry_id"]
    found = await store.read([tenant_id], lambda connection: next_entries(connection, tenant_id, BEGINNING, 10))
    await store.close()
    return posted, [each.journal_entry_id for each in found]
