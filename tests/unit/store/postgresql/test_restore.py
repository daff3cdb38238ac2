"""A dump is restored by an owner who is no superuser on a server that does not know the old owner, with all defences in force."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.reconciliation.verification.defences import missing_defences
from app.store.backup_file import BackupFailed
from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.postgresql.backup import back_up_postgresql
from app.store.postgresql.restore import restore_postgresql
from tests.support.backups import client_programs_on_the_path, ignore_progress, post_eventful_loan
from tests.support.books import Books
from tests.support.databases import Databases
from tests.support.plain_owner import owned_by_a_plain_role

TABLES = ("journal_entries", "journal_lines", "loans", "loan_days", "idempotency_keys", "tenants", "secrets")


@pytest.fixture(autouse=True, scope="module")
def client_programs() -> Iterator[None]:
    with client_programs_on_the_path():
        yield


@pytest.fixture
def backup(databases: Databases, tmp_path: Path) -> Iterator[Path]:
    """Of a ledger whose owner is a plain role."""
    with databases.empty("postgresql") as url:
        owner = owned_by_a_plain_role(url)
        migrate_schema(owner)
        asyncio.run(post_eventful_loan(owner))
        back_up_postgresql(owner, tmp_path / "a.backup", ignore_progress)
        yield tmp_path / "a.backup"


@pytest.fixture
def elsewhere(databases: Databases) -> Iterator[str]:
    with databases.empty("postgresql") as url:
        yield url


def counts(url: str) -> dict[str, int]:
    with Books(url) as books:
        return {table: books.run(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_another_plain_owner_restores_every_row_and_every_defence(backup: Path, postgresql_url: str, elsewhere: str) -> None:
    owner = owned_by_a_plain_role(elsewhere)
    restore_postgresql(backup, owner, ignore_progress)
    assert counts(elsewhere) == {
        "journal_entries": 7, "journal_lines": 17, "loans": 1, "loan_days": 7, "idempotency_keys": 7, "tenants": 1, "secrets": 1,
    }  # fmt: skip
    assert asyncio.run(defences_missing(owner)) == []
    with psycopg.connect(elsewhere) as server:
        disabled = server.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'").fetchone()
        policies = server.execute("SELECT DISTINCT unnest(roles)::text FROM pg_policies WHERE policyname = 'owner'").fetchall()
    assert disabled == (0,)
    assert forced(elsewhere) == forced(postgresql_url)
    assert policies == [(psycopg.conninfo.conninfo_to_dict(owner)["user"],)]


def forced(url: str) -> list[tuple[str]]:
    """The tables whose owner is bound by row-level security."""
    with psycopg.connect(url) as server:
        return server.execute("SELECT relname::text FROM pg_class WHERE relforcerowsecurity ORDER BY relname").fetchall()


async def defences_missing(url: str) -> list[str]:
    store = open_store(url)
    try:
        return list(map(str, await store.scan((), missing_defences)))
    finally:
        await store.close()


def test_a_database_of_another_version_of_the_schema_is_refused(backup: Path, elsewhere: str) -> None:
    migrate_schema(elsewhere, "0002_defences")
    with pytest.raises(BackupFailed, match=r"has the schema 0002_defences, and the backup 00\d\d_\w+: restore into an empty"):
        restore_postgresql(backup, elsewhere, ignore_progress)


def test_tables_of_another_program_stay_out_of_it(backup: Path, databases: Databases, elsewhere: str, tmp_path: Path) -> None:
    """Those in the backup are left out, and those in the database are left alone."""
    with psycopg.connect(elsewhere) as server:
        server.execute("CREATE TABLE others AS SELECT 1 AS kept")
    with databases.fresh("postgresql") as shared:
        with psycopg.connect(shared) as server:
            server.execute("CREATE TABLE others AS SELECT 2 AS lost")
        asyncio.run(post_eventful_loan(shared))
        back_up_postgresql(shared, tmp_path / "shared.backup", ignore_progress)
    restore_postgresql(tmp_path / "shared.backup", elsewhere, ignore_progress)
    assert counts(elsewhere)["journal_entries"] == 7
    with Books(elsewhere) as books:
        assert books.run("SELECT kept FROM others") == [(1,)]


def test_a_load_that_fails_leaves_every_defence_in_force(backup: Path, elsewhere: str) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[:-2000])
    with pytest.raises(BackupFailed):
        restore_postgresql(backup, elsewhere, ignore_progress)
    assert asyncio.run(defences_missing(elsewhere)) == []
    assert set(counts(elsewhere).values()) == {0, 1}


def test_the_dump_can_be_read_without_this_program(backup: Path) -> None:
    listed = subprocess.run(["pg_restore", "--list", str(backup)], capture_output=True, text=True, check=True).stdout
    for wanted in ("TABLE DATA public journal_lines", "TRIGGER public journal_lines balanced", "POLICY public loans tenant"):
        assert wanted in listed
