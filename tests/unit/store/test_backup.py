"""A backup restored elsewhere is the same ledger, table by table, on both engines; what cannot be restored changes nothing."""

import asyncio
import base64
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from app.store.backup import restore_backup, write_backup
from app.store.backup_file import BackupFailed
from app.store.database_url import is_sqlite, sqlite_path
from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.store import StoreMisconfigured
from app.store.tables import metadata
from tests.support.backups import client_programs_on_the_path, ignore_progress, post_eventful_loan
from tests.support.books import Books
from tests.support.databases import Databases
from tests.support.tampering import Tamperer

SECRET: Final = bytes(range(32))
WRITTEN_BY_OTHERS: Final = {
    table.name for table in metadata.sorted_tables if table.name.startswith(("webhook", "reconciliation"))
}
"""Tables that stay empty when a loan is posted to."""


@pytest.fixture(autouse=True, scope="module")
def client_programs() -> Iterator[None]:
    with client_programs_on_the_path():
        yield


@pytest.fixture
def ledger(database_url: str) -> str:
    asyncio.run(post_eventful_loan(database_url))
    return database_url


@pytest.fixture
def backup(ledger: str, tmp_path: Path) -> Path:
    write_backup(ledger, tmp_path / "a.backup", ignore_progress)
    return tmp_path / "a.backup"


@pytest.fixture
def elsewhere(engine_name: str, databases: Databases) -> Iterator[str]:
    with databases.empty(engine_name) as url:
        yield url


def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table, as its owner sees them."""
    with Books(url) as books:
        return {table.name: sorted(map(repr, books.run(f"SELECT * FROM {table.name}"))) for table in metadata.sorted_tables}


def test_what_is_restored_is_what_was_backed_up(ledger: str, backup: Path, elsewhere: str) -> None:
    assert restore_backup(backup, elsewhere, ignore_progress) == 0
    before = contents(ledger)
    assert contents(elsewhere) == before
    assert {table for table, rows in before.items() if not rows} == WRITTEN_BY_OTHERS


def test_a_restored_ledger_takes_postings(backup: Path, elsewhere: str) -> None:
    restore_backup(backup, elsewhere, ignore_progress)
    asyncio.run(post_eventful_loan(elsewhere))
    with Books(elsewhere) as books:
        assert books.run("SELECT count(*) FROM tenants") == [(2,)]


def test_a_database_that_is_migrated_and_empty_is_restored_into(ledger: str, backup: Path, elsewhere: str) -> None:
    migrate_schema(elsewhere)
    restore_backup(backup, elsewhere, ignore_progress)
    assert contents(elsewhere) == contents(ledger)


def test_a_database_with_entries_is_left_as_it_is(backup: Path, elsewhere: str) -> None:
    migrate_schema(elsewhere)
    asyncio.run(post_eventful_loan(elsewhere))
    before = contents(elsewhere)
    with pytest.raises(BackupFailed, match=r"holds a ledger already, with rows of \w+: restore into an empty database"):
        restore_backup(backup, elsewhere, ignore_progress)
    assert contents(elsewhere) == before


@pytest.mark.parametrize("kept", [0.0004, 0.02, 0.5, 0.999, 0.99999])
def test_a_backup_that_breaks_off_restores_nothing(ledger: str, backup: Path, elsewhere: str, kept: float) -> None:
    complete = backup.read_bytes()
    backup.write_bytes(complete[: int(len(complete) * kept)])
    with pytest.raises(BackupFailed, match="restore another backup"):
        restore_backup(backup, elsewhere, ignore_progress)
    backup.write_bytes(complete)
    restore_backup(backup, elsewhere, ignore_progress)
    assert contents(elsewhere) == contents(ledger)


def copy_as_it_is(url: str, file: Path) -> None:
    """What another version may have written, or another program."""
    if is_sqlite(url):
        with closing(sqlite3.connect(sqlite_path(url))) as database, closing(sqlite3.connect(file)) as copy:
            database.backup(copy)
    else:
        subprocess.run(["pg_dump", "--format=custom", f"--file={file}", url], check=True)


def test_a_backup_of_a_newer_schema_is_refused_by_name(ledger: str, engine_name: str, elsewhere: str, tmp_path: Path) -> None:
    Tamperer(ledger, engine_name).execute("UPDATE alembic_version SET version_num = '0099_newer'")
    with pytest.raises(StoreMisconfigured, match="the schema 0099_newer is not known to this version"):
        write_backup(ledger, tmp_path / "refused", ignore_progress)
    copy_as_it_is(ledger, tmp_path / "newer")
    with pytest.raises(BackupFailed, match="newer cannot be restored: its schema 0099_newer is not known to this version"):
        restore_backup(tmp_path / "newer", elsewhere, ignore_progress)
    assert not (tmp_path / "refused").exists()


def test_a_database_of_another_program_is_no_ledger(
    engine_name: str, databases: Databases, elsewhere: str, tmp_path: Path
) -> None:
    with databases.empty(engine_name) as other:
        Tamperer(other, engine_name).execute("CREATE TABLE others (name text)")
        with pytest.raises(StoreMisconfigured, match="there is no schema yet"):
            write_backup(other, tmp_path / "refused", ignore_progress)
        copy_as_it_is(other, tmp_path / "others")
    with pytest.raises(BackupFailed, match="others holds no ledger: give a file that `hpts backup` wrote"):
        restore_backup(tmp_path / "others", elsewhere, ignore_progress)


def test_a_backup_of_an_older_schema_is_migrated(engine_name: str, databases: Databases, elsewhere: str, tmp_path: Path) -> None:
    with databases.empty(engine_name) as old:
        migrate_schema(old, "0002_defences")
        write_backup(old, tmp_path / "old", ignore_progress)
    restore_backup(tmp_path / "old", elsewhere, ignore_progress)
    assert asyncio.run(schema_problem_of(elsewhere)) is None


async def schema_problem_of(url: str) -> str | None:
    store = open_store(url)
    try:
        return await store.schema_problem()
    finally:
        await store.close()


def test_a_backup_of_the_other_engine_is_refused(backup: Path, engine_name: str, databases: Databases) -> None:
    other = "postgresql" if engine_name == "sqlite" else "sqlite"
    with databases.empty(other) as url, pytest.raises(BackupFailed, match=r"is a backup of .* names .*: name a database of"):
        restore_backup(backup, url, ignore_progress)


def test_a_backup_does_not_hold_the_secret_key(ledger: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HPTS_SECRET_KEY", base64.b64encode(SECRET).decode())
    write_backup(ledger, tmp_path / "a.backup", ignore_progress)
    written = (tmp_path / "a.backup").read_bytes()
    assert SECRET not in written
    assert base64.b64encode(SECRET) not in written
