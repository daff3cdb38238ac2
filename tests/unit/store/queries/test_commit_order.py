"""Places in the commit order: the end of the journal, and positions that grow whatever server they come from."""

import psycopg

from app.outbox.journal_reader import next_entries
from app.store.open import open_store
from app.store.queries.commit_order import BEGINNING, Place, end_of_journal
from app.store.queries.webhook_leases import continue_positions
from app.store.store import Store
from tests.support.events import Tenant, disbursement, new_id, running_writer
from tests.support.open_transactions import numbered_id, posters


async def ids_after(store: Store, tenant_id: str, place: Place) -> list[str]:
    found = await store.read([tenant_id], lambda connection: next_entries(connection, tenant_id, place, 100))
    return [each.journal_entry_id for each in found]


def test_a_place_is_read_from_its_text() -> None:
    for place in (BEGINNING, Place(5_000_000_000, new_id())):
        assert Place.parse(str(place)) == place


async def test_the_end_of_the_journal_is_after_what_is_posted_and_before_what_comes(store: Store) -> None:
    async with running_writer(store) as writer:
        tenant = Tenant(writer)
        await tenant.post(disbursement(new_id()))
        end = await store.write([tenant.tenant_id], lambda connection: end_of_journal(connection, tenant.tenant_id))
        assert await ids_after(store, tenant.tenant_id, end) == []
        entry_id = (await tenant.post(disbursement(new_id())))["journal_entry_id"]
        assert await ids_after(store, tenant.tenant_id, end) == [entry_id]


async def test_positions_of_another_server_go_on_growing_here(postgresql_url: str) -> None:
    """As after a restore into a server whose transaction ids are far lower than those in the data."""
    store, tenant_id = open_store(postgresql_url), new_id()
    with posters(postgresql_url, tenant_id, 1) as (poster,):
        poster.post(numbered_id(7))
        poster.commit()
    with psycopg.connect(postgresql_url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE journal_entries SET commit_position = 5000000000")
    assert await ids_after(store, tenant_id, BEGINNING) == []
    for _ in range(2):
        await store.write((), continue_positions)
    assert await ids_after(store, tenant_id, BEGINNING) == [numbered_id(7)]
    with posters(postgresql_url, tenant_id, 1) as (poster,):
        poster.post(numbered_id(3))
        poster.commit()
    assert await ids_after(store, tenant_id, Place(5_000_000_000, numbered_id(7))) == [numbered_id(3)]
    await store.close()
