"""The store is the one of the engine that the URL names."""

from pathlib import Path

import pytest
from sqlalchemy.exc import ArgumentError

from app.store.open import open_store
from app.store.postgresql.store import PostgresStore
from app.store.sqlite.store import SqliteStore
from app.store.store import Store


async def test_the_engine_is_the_one_of_the_url(store: Store, engine_name: str) -> None:
    assert isinstance(store, {"sqlite": SqliteStore, "postgresql": PostgresStore}[engine_name])


async def test_postgresql_is_connected_to_when_it_is_first_used() -> None:
    """Nothing listens at the port, and opening does not find out."""
    store = open_store("postgresql://hpts@127.0.0.1:1/hpts")
    assert isinstance(store, PostgresStore)
    await store.close()


def test_a_ledger_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="sqlite needs a file"):
        open_store("sqlite:///:memory:")


def test_what_is_no_url_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError):
        open_store(str(tmp_path))
