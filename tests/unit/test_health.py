"""A process is ready when its database answers with the newest schema, and says otherwise in time."""

import socket
from collections.abc import Callable, Iterator

import pytest

from app import health
from app.store.open import open_store
from app.store.store import Store


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def test_a_migrated_database_passes_both_checks(store: Store) -> None:
    assert await health.checks(store) == {"database": True, "migrations": True}


async def test_another_schema_fails_the_second(store: Store, tamper: Callable[[str], None]) -> None:
    tamper("UPDATE alembic_version SET version_num = '0000'")
    assert await health.checks(store) == {"database": True, "migrations": False}


async def test_a_server_that_is_not_there_fails_both() -> None:
    store = open_store("postgresql://hpts@127.0.0.1:1/hpts")
    assert await health.checks(store) == {"database": False, "migrations": False}
    await store.close()


async def test_a_server_that_does_not_answer_fails_both_in_time(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than the time after which the connection itself would be given up."""
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    store = open_store(f"postgresql://hpts@127.0.0.1:{silent_port}/hpts")
    assert await health.checks(store) == {"database": False, "migrations": False}
    await store.close()
