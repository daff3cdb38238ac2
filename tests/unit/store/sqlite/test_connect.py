"""Connections to the SQLite file have every setting explicit: durable, with foreign keys, and waiting for a writer."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import limits
from app.store.database_url import sqlite_path
from app.store.migrate import migrate_schema
from app.store.sqlite import connect
from app.store.sqlite.connect import (
    BUSY_SECONDS,
    LastingConnection,
    connect_sqlite,
    connect_sqlite_writer,
    read_only_engine,
    require_writable,
    sqlite_engine,
)
from app.store.store import StoreMisconfigured, StoreReadOnly

SYNCHRONOUS_FULL = 2
SETTINGS = {
    "journal_mode": "wal",
    "synchronous": SYNCHRONOUS_FULL,
    "foreign_keys": 1,
    "busy_timeout": BUSY_SECONDS * 1_000,
}


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return sqlite_path(sqlite_url)


def settings(execute: Any) -> dict[str, Any]:
    return {name: execute(f"PRAGMA {name}").fetchone()[0] for name in SETTINGS}


def test_a_connection_has_the_settings_and_begins_nothing_by_itself(path: Path) -> None:
    with closing(connect_sqlite(path)) as connection:
        assert settings(connection.execute) == SETTINGS
        connection.execute("INSERT INTO tenants VALUES ('a')")
        assert not connection.in_transaction


def test_the_writer_has_a_larger_cache_and_waits_for_another_process_as_long_as_a_batch_may(path: Path) -> None:
    with closing(connect_sqlite(path)) as reader, closing(connect_sqlite_writer(path)) as writer:
        assert settings(writer.execute) == SETTINGS | {"busy_timeout": limits.LOCK_TIMEOUT_MS}
        kibibytes = [-connection.execute("PRAGMA cache_size").fetchone()[0] for connection in (reader, writer)]
        assert kibibytes == [8_192, 65_536]


def test_connections_of_the_pool_have_the_same_settings(path: Path) -> None:
    engine = sqlite_engine(path, 2)
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            assert settings(connection.exec_driver_sql) == SETTINGS
        one.execute(text("INSERT INTO tenants VALUES ('a')"))
        assert other.execute(text("SELECT tenant_id FROM tenants")).scalars().all() == ["a"]
    engine.dispose()


@pytest.fixture
def protected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database in a folder that this process may not write, whoever runs the tests."""
    path = tmp_path / "a backup" / "hpts.db"
    migrate_schema(f"sqlite:///{path}")
    monkeypatch.setattr(os, "access", lambda *_: False)
    return path


def test_a_write_protected_file_is_read_without_a_file_beside_it(protected: Path) -> None:
    with read_only_engine(protected, 1).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM secrets").scalar() == 1
        with pytest.raises(OperationalError, match="readonly"):
            connection.exec_driver_sql("DELETE FROM secrets")
    assert [each.name for each in protected.parent.iterdir()] == [protected.name]


def test_postings_that_wait_beside_a_write_protected_file_are_not_left_out(protected: Path) -> None:
    protected.with_name("hpts.db-wal").write_bytes(b"postings")
    with pytest.raises(StoreMisconfigured) as refused:
        read_only_engine(protected, 1)
    assert "copy both" in refused.value.reason


def test_a_file_that_is_missing_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        connect_sqlite(tmp_path / "missing.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a?b.db", "a#b.db", "a%20b.db", "ü b.db"])
def test_a_path_is_taken_as_it_is_written(path: Path, name: str) -> None:
    path.rename(renamed := path.with_name(name))
    with closing(connect_sqlite(renamed)) as connection:
        assert connection.execute("SELECT count(*) FROM tenants").fetchone() == (0,)


def test_a_lasting_connection_stays_until_it_is_dropped_or_its_file_is_another_one(path: Path) -> None:
    lasting = LastingConnection(path, connect_sqlite)
    first = lasting.get()
    assert lasting.get() is first
    lasting.drop()
    second = lasting.get()
    assert second is not first
    path.with_suffix(".copy").write_bytes(path.read_bytes())
    path.with_suffix(".copy").rename(path)
    assert lasting.get() is not second
    lasting.drop()


def test_a_file_on_a_full_disk_takes_no_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_writable(path)
    monkeypatch.setattr(connect, "DISK_FREE_BYTES", 2**63)
    with pytest.raises(StoreReadOnly, match="is full"):
        require_writable(path)


@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_read_only_file_or_folder_takes_no_writes(path: Path, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system answers for a user that may not write there; root may write anywhere."""
    protected = path if which == "file" else path.parent
    monkeypatch.setattr(os, "access", lambda asked, _mode: asked != protected)
    with pytest.raises(StoreReadOnly, match="is read-only"):
        require_writable(path)
