"""A process is ready when its database takes writes and has the newest schema, and says what is missing otherwise, in time."""

import socket
from collections.abc import Callable, Iterator

import psycopg
import pytest

from app import health
from app.store.database_url import sqlite_path
from app.store.open import open_store
from app.store.store import Store
from tests.support.databases import Databases

AWAY = {"database": "the database does not answer", "migrations": "the schema cannot be read"}


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def test_a_migrated_database_passes_both_checks(store: Store) -> None:
    assert await health.checks(store) == {"database": None, "migrations": None}


async def test_another_schema_fails_the_second_and_says_what_to_do(store: Store, tamper: Callable[[str], None]) -> None:
    tamper("UPDATE alembic_version SET version_num = '0099'")
    found = await health.checks(store)
    assert found["database"] is None
    assert "a newer version of HPTS made it" in str(found["migrations"])


async def test_a_database_without_tables_fails_the_second(engine_name: str, databases: Databases) -> None:
    with databases.empty(engine_name) as url:
        if engine_name == "sqlite":
            sqlite_path(url).touch()
        store = open_store(url)
        assert await health.checks(store) == {"database": None, "migrations": "there is no schema yet: run `hpts migrate`"}
        await store.close()


async def test_a_schema_that_cannot_be_read_fails_the_second_without_an_error(databases: Databases) -> None:
    with databases.fresh("postgresql") as url:
        with psycopg.connect(url) as owner:
            owner.execute("REVOKE SELECT ON alembic_version FROM hpts_app")
        store = open_store(url)
        assert await health.checks(store) == {"database": None, "migrations": "the schema cannot be read"}
        await store.close()


async def test_a_database_that_takes_no_writes_fails_the_first(databases: Databases) -> None:
    with databases.fresh("postgresql") as url:
        store = open_store(url)
        with psycopg.connect(url, autocommit=True) as owner:
            name = url.rpartition("/")[2]
            owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
            assert await health.checks(store) == {"database": "the database takes no writes", "migrations": None}
            owner.execute("SET default_transaction_read_only = off")
            owner.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only".encode())
        assert await health.checks(store) == {"database": None, "migrations": None}
        await store.close()


async def test_a_file_that_is_gone_fails_both(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    assert await health.checks(store) == {"database": None, "migrations": None}
    sqlite_path(sqlite_url).unlink()
    assert await health.checks(store) == AWAY
    await store.close()


async def test_a_server_that_is_not_there_fails_both() -> None:
    store = open_store("postgresql://hpts@127.0.0.1:1/hpts")
    assert await health.checks(store) == AWAY
    await store.close()


async def test_a_server_that_does_not_answer_fails_both_in_time(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than the time after which the connection itself would be given up."""
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    store = open_store(f"postgresql://hpts@127.0.0.1:{silent_port}/hpts")
    assert await health.checks(store) == AWAY
    await store.close()
