"""The SQLite store reads beside its writer, keeps what is written only if all went well, and says when its file is gone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, insert, select, text

from app.store.database_url import sqlite_path
from app.store.sqlite.store import SqliteStore
from app.store.store import StoreLocked, StoreUnavailable
from app.store.tables import tenants
from tests.support.databases import Databases
from tests.support.events import disbursement, new_id
from tests.unit.store.batches import BatchMaker, bodies


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(sqlite_path(sqlite_url))
    yield opened
    await opened.close()


def known(connection: Connection) -> list[str]:
    return list(connection.execute(select(tenants.c.tenant_id)).scalars())


async def test_what_is_written_is_read(store: SqliteStore) -> None:
    tenant_id = new_id()
    await store.write((), lambda connection: connection.execute(insert(tenants), {"tenant_id": tenant_id}))
    assert await store.read((), known) == [tenant_id]


async def test_a_write_that_fails_keeps_nothing(store: SqliteStore) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(insert(tenants), {"tenant_id": new_id()})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write((), fail)
    assert await store.read((), known) == []


async def test_what_a_read_writes_is_not_kept(store: SqliteStore) -> None:
    await store.read((), lambda connection: connection.execute(insert(tenants), {"tenant_id": new_id()}))
    assert await store.read((), known) == []


async def test_a_read_sees_one_moment_while_others_post(store: SqliteStore) -> None:
    """The read begins, a batch is posted in between, and the read looks again."""
    has_looked, may_go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def twice(connection: Connection) -> list[int]:
        first = len(known(connection))
        loop.call_soon_threadsafe(has_looked.set)
        asyncio.run_coroutine_threadsafe(may_go_on.wait(), loop).result()
        return [first, len(known(connection))]

    reading = asyncio.create_task(store.read((), twice))
    await has_looked.wait()
    await store.post(BatchMaker().batch(disbursement(new_id())))
    may_go_on.set()
    assert await reading == [0, 0]
    assert len(await store.read((), known)) == 1


async def test_a_batch_is_posted_and_its_loan_is_current(store: SqliteStore) -> None:
    maker, loan_id = BatchMaker(), new_id()
    await store.post(batch := maker.batch(disbursement(loan_id, 1_000)))
    assert len(bodies(batch)) == 1
    [current] = (await store.current_loans([(maker.tenant_id, loan_id)])).values()
    assert current is not None
    assert current.balance.principal_minor == 1_000


async def test_a_database_that_another_process_holds_is_locked_for_all(store: SqliteStore, sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_path(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match="locked") as refused:
            await store.post(BatchMaker().batch(disbursement(new_id())))
        assert refused.value.everything
        other.execute("ROLLBACK")
    await store.post(BatchMaker().batch(disbursement(new_id())))


async def test_a_query_that_is_wrong_is_unavailable_with_the_driver_s_words(store: SqliteStore) -> None:
    with pytest.raises(StoreUnavailable, match="no such table"):
        await store.read((), lambda connection: connection.execute(text("SELECT 1 FROM nowhere")))


async def test_an_empty_file_does_not_answer(databases: Databases) -> None:
    with databases.empty("sqlite") as url:
        store = SqliteStore(sqlite_path(url))
        with pytest.raises(StoreUnavailable, match="no such table: tenants"):
            await store.ping()
        assert not await store.migrated()
        await store.close()


async def test_a_migrated_file_answers(store: SqliteStore) -> None:
    await store.ping()
    assert await store.migrated()
