"""A database is brought to the newest schema once, however often and by however many at once, and says whether it has it."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from app.store.database_url import sqlite_path
from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.queries.secret_keys import PAGE_TOKEN_KEY, secret_key
from app.store.queries.tenants import all_tenants
from app.store.store import Store, StoreMisconfigured
from tests.support.databases import Databases
from tests.support.events import Tenant, disbursement, new_id


async def is_migrated(url: str) -> bool:
    store = open_store(url)
    try:
        return await store.schema_problem() is None
    finally:
        await store.close()


async def page_token_key(url: str) -> bytes:
    store = open_store(url)
    try:
        return await store.read((), lambda connection: secret_key(connection, PAGE_TOKEN_KEY))
    finally:
        await store.close()


@pytest.mark.parametrize("version", ["0099", "0000"])
def test_a_schema_that_this_version_does_not_know_is_left_alone(
    database_url: str, tamper: Callable[[str], None], version: str
) -> None:
    tamper(f"UPDATE alembic_version SET version_num = '{version}'")
    with pytest.raises(StoreMisconfigured, match=f"the schema {version} is not known to this version, .* use that one"):
        migrate_schema(database_url)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_is_not_utf_8_is_refused_and_stays_empty(databases: Databases, encoding: str) -> None:
    with databases.empty("postgresql", f"ENCODING '{encoding}' TEMPLATE template0") as url:
        with pytest.raises(StoreMisconfigured, match=f"the encoding is {encoding}, a ledger needs UTF8: use CREATE DATABASE"):
            migrate_schema(url)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT to_regclass('tenants')").fetchone() == (None,)


def test_migrating_twice_is_harmless(database_url: str) -> None:
    migrate_schema(database_url)


async def test_migrating_again_keeps_what_is_there(database_url: str, store: Store, tenant: Tenant) -> None:
    key = await page_token_key(database_url)
    await tenant.post(disbursement(new_id()))
    await asyncio.to_thread(migrate_schema, database_url)
    assert await page_token_key(database_url) == key
    assert await store.read((), all_tenants) == [tenant.tenant_id]


async def test_processes_that_start_together_migrate_once(engine_name: str, databases: Databases) -> None:
    with databases.empty(engine_name) as url:
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(migrate_schema, [url] * 3))
        assert await is_migrated(url)
        assert len(await page_token_key(url)) == 32


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/hpts.db"
    migrate_schema(url)
    with closing(sqlite3.connect(sqlite_path(url))) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_file_of_a_ledger_is_for_its_owner_only(tmp_path: Path) -> None:
    """One that a version before made readable for others too."""
    path = tmp_path / "hpts.db"
    for mode in (None, 0o644):
        if mode is not None:
            path.chmod(mode)
        migrate_schema(f"sqlite:///{path}")
        with closing(sqlite3.connect(path)) as file:
            file.execute("CREATE TABLE IF NOT EXISTS written (value)")
            file.execute("INSERT INTO written VALUES (1)")
            file.commit()
            modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
        assert modes == dict.fromkeys(("hpts.db", "hpts.db-wal", "hpts.db-shm"), 0o600)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but somebody's notes" * 100)
    path.chmod(0o644)
    with pytest.raises(Exception, match="not a database"):
        migrate_schema(f"sqlite:///{path}")
    assert path.read_text() == "not a database, but somebody's notes" * 100
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_folder_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(OperationalError):
        migrate_schema(f"sqlite:///{tmp_path}")
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_server_that_is_not_there_is_an_error_of_its_own() -> None:
    with pytest.raises((OSError, OperationalError)):
        migrate_schema("postgresql://hpts@127.0.0.1:1/hpts")
