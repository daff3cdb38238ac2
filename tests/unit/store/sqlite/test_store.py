"""The SQLite store reads beside its writer, keeps what is written only if all went well, and says when its file is gone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import OperationalError

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


async def test_a_query_that_is_wrong_is_an_error_of_its_own(store: SqliteStore) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        await store.read((), lambda connection: connection.execute(text("SELECT 1 FROM nowhere")))


async def test_an_empty_file_has_no_schema(databases: Databases) -> None:
    with databases.empty("sqlite") as url:
        sqlite_path(url).touch()
        store = SqliteStore(sqlite_path(url))
        await store.check_writable()
        assert await store.schema_problem() == "there is no schema yet: run `hpts migrate`"
        await store.close()


async def test_a_migrated_file_takes_writes(store: SqliteStore) -> None:
    await store.check_login(may_bypass_row_security=False)
    await store.check_writable()
    assert await store.schema_problem() is None


async def all_fail(store: SqliteStore) -> None:
    for work in (
        store.check_writable(),
        store.read((), known),
        store.post(BatchMaker().batch(disbursement(new_id()))),
        store.current_loans([(new_id(), new_id())]),
    ):
        with pytest.raises(StoreUnavailable):
            await work


async def all_pass(store: SqliteStore) -> None:
    await store.check_writable()
    await store.read((), known)
    await store.post(BatchMaker().batch(disbursement(new_id())))
    await store.current_loans([(new_id(), new_id())])


async def test_a_file_that_is_moved_away_is_unavailable_and_found_again_where_it_was(store: SqliteStore, sqlite_url: str) -> None:
    """Connections that were open would go on writing to it under its new name."""
    path = sqlite_path(sqlite_url)
    await all_pass(store)
    path.rename(elsewhere := path.with_suffix(".away"))
    await all_fail(store)
    assert not path.exists(), "no empty file is made in its place"
    elsewhere.rename(path)
    await all_pass(store)


async def test_a_file_that_is_replaced_by_a_backup_is_the_one_that_is_read_and_written(
    store: SqliteStore, sqlite_url: str, databases: Databases
) -> None:
    await all_pass(store)
    assert len(await store.read((), known)) == 1
    with databases.fresh("sqlite") as backup:
        for suffix in ("-wal", "-shm"):
            sqlite_path(sqlite_url + suffix).unlink(missing_ok=True)
        sqlite_path(backup).rename(sqlite_path(sqlite_url))
    assert await store.read((), known) == []
    await all_pass(store)
    assert len(await store.read((), known)) == 1


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (path := tmp_path / "notes.txt").write_text("no database " * 1_000)
    store = SqliteStore(path)
    await all_fail(store)
    await store.close()


async def test_a_full_disk_is_unavailable_until_there_is_room(store: SqliteStore) -> None:
    await all_pass(store)
    connection = store._writer_connection.get()
    [(pages,)] = connection.execute("PRAGMA page_count").fetchall()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="full"):
        await store.post(BatchMaker().batch(*(disbursement(new_id()) for _ in range(200))))
    await all_pass(store)
