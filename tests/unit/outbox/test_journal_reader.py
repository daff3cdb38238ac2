"""Readers of the journal in commit order miss nothing, whatever order transactions commit in."""

import asyncio
from random import Random
from uuid import uuid4

import psycopg
import pytest

from app.outbox.journal_reader import CommittedEntry, next_entries
from app.store.open import open_store
from app.store.queries.commit_order import BEGINNING, Place
from app.store.store import Store
from tests.support.events import Tenant, disbursement, new_id, writers
from tests.support.open_transactions import numbered_id, posters


async def read(store: Store, tenant_id: str, after: Place = BEGINNING, limit: int = 100) -> list[CommittedEntry]:
    return await store.read([tenant_id], lambda connection: next_entries(connection, tenant_id, after, limit))


async def test_every_posting_is_read_once_in_pages_of_any_size(store: Store, tenant: Tenant) -> None:
    posted = [(await tenant.post(disbursement(new_id())))["journal_entry_id"] for _ in range(10)]
    for limit in (1, 3, 10, 11):
        place = BEGINNING
        found: list[CommittedEntry] = []
        while page := await read(store, tenant.tenant_id, place, limit):
            assert len(page) <= limit
            place, found = page[-1].place, [*found, *page]
        assert [each.journal_entry_id for each in found] == posted
        assert place == Place.parse(str(place))


async def ids_after(store: Store, tenant_id: str, place: Place) -> list[str]:
    return [each.journal_entry_id for each in await read(store, tenant_id, place)]


async def test_a_transaction_under_way_is_waited_for_and_its_entry_is_not_missed(postgresql_url: str) -> None:
    """The later id commits first, and a reader must not go past the earlier one that is still to come."""
    store, tenant_id = open_store(postgresql_url), new_id()
    with posters(postgresql_url, tenant_id, 3) as (early, late, outsider):
        early.post(numbered_id(1))
        late.post(numbered_id(2))
        late.commit()
        assert await ids_after(store, tenant_id, BEGINNING) == []
        early.commit()
        found = await read(store, tenant_id)
        assert [each.journal_entry_id for each in found] == [numbered_id(1), numbered_id(2)]
        late.post(numbered_id(3))
        outsider.post(numbered_id(9))
        early.post(numbered_id(4))
        late.commit()
        early.commit()
        assert await ids_after(store, tenant_id, found[-1].place) == [numbered_id(3)]
        outsider.roll_back()
        assert await ids_after(store, tenant_id, found[-1].place) == [numbered_id(3), numbered_id(4)]
    await store.close()


async def test_an_id_below_one_that_was_read_is_still_read(postgresql_url: str) -> None:
    store, tenant_id = open_store(postgresql_url), new_id()
    with posters(postgresql_url, tenant_id, 1) as (poster,):
        poster.post(numbered_id(7))
        poster.commit()
        [seen] = await read(store, tenant_id)
        poster.post(numbered_id(5))
        poster.commit()
        assert await ids_after(store, tenant_id, seen.place) == [numbered_id(5)]
    await store.close()


@pytest.mark.parametrize("seed", range(6))
async def test_what_a_cursor_reads_is_what_was_committed_whatever_the_interleaving(postgresql_url: str, seed: int) -> None:
    random, store, tenant_id = Random(seed), open_store(postgresql_url), new_id()
    committed: list[str] = []
    found: list[str] = []
    place = BEGINNING
    ids = random.sample(range(1, 100_000), 400)
    with posters(postgresql_url, tenant_id, 5) as all_posters:
        while ids or any(each.entry_ids for each in all_posters):
            poster, step = random.choice(all_posters), random.random()
            if step < 0.5 and ids:
                poster.post(numbered_id(ids.pop()))
            elif step < 0.75:
                committed += poster.commit()
            elif step < 0.8:
                poster.roll_back()
            else:
                page = await read(store, tenant_id, place, random.randrange(1, 9))
                found += [each.journal_entry_id for each in page]
                place = page[-1].place if page else place
    while page := await read(store, tenant_id, place, 7):
        found += [each.journal_entry_id for each in page]
        place = page[-1].place
    assert sorted(found) == sorted(committed)
    await store.close()


async def test_many_writers_at_once_and_a_reader_beside_them(database_url: str, engine_name: str) -> None:
    """Nothing is read twice, nothing is missed, whichever writer posts and whenever it commits."""
    tenant_id, found, place = new_id(), [], BEGINNING
    async with writers(database_url, 3 if engine_name == "postgresql" else 1) as (store, *several):
        tenants = [Tenant(writer, tenant_id) for writer in several]

        async def post(number: int) -> str:
            answer = await tenants[number % len(tenants)].post(disbursement(new_id()), str(uuid4()))
            return str(answer["journal_entry_id"])

        posting = asyncio.gather(*(post(number) for number in range(300)))
        while not posting.done() or await read(store, tenant_id, place, 1):
            for each in await read(store, tenant_id, place, 17):
                found.append(each.journal_entry_id)
                place = each.place
        assert sorted(found) == sorted(await posting)


async def test_entries_from_before_positions_are_read_first(postgresql_url: str) -> None:
    store, tenant_id = open_store(postgresql_url), new_id()
    with posters(postgresql_url, tenant_id, 1) as (poster,):
        for number in (4, 2, 8):
            poster.post(numbered_id(number))
        poster.commit()
        with psycopg.connect(postgresql_url, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute("UPDATE journal_entries SET commit_position = 0")
        poster.post(numbered_id(1))
        poster.commit()
    found: list[str] = []
    place = BEGINNING
    while page := await read(store, tenant_id, place, 2):
        found += [each.journal_entry_id for each in page]
        place = page[-1].place
    assert found == [numbered_id(number) for number in (2, 4, 8, 1)]
    await store.close()
