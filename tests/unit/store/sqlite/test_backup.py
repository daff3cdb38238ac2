"""Backups of a SQLite file: one moment, one file that stands by itself, and a database that nobody else has open."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from app.store.backup_file import BackupFailed
from app.store.database_url import sqlite_path
from app.store.sqlite.backup import back_up_sqlite, restore_sqlite
from app.store.store import StoreMisconfigured
from tests.support.backups import ignore_progress, post_eventful_loan


@pytest.fixture
def ledger(sqlite_url: str) -> Path:
    asyncio.run(post_eventful_loan(sqlite_url))
    return sqlite_path(sqlite_url)


@pytest.fixture
def backup(ledger: Path, tmp_path: Path) -> Path:
    back_up_sqlite(ledger, tmp_path / "a.backup", ignore_progress)
    return tmp_path / "a.backup"


def entries(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM journal_entries").fetchone()[0])


def test_what_waits_in_the_write_ahead_log_is_in_the_backup_which_is_one_file(ledger: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(ledger)) as posting:
        posting.execute("PRAGMA wal_autocheckpoint = 0")
        posting.execute("INSERT INTO tenants VALUES ('in the log')")
        posting.commit()
        back_up_sqlite(ledger, tmp_path / "a.backup", ignore_progress)
    assert [file.name for file in tmp_path.iterdir()] == ["a.backup"]
    with closing(sqlite3.connect(f"file:{tmp_path / 'a.backup'}?immutable=1", uri=True)) as copy:
        assert copy.execute("SELECT count(*) FROM tenants WHERE tenant_id = 'in the log'").fetchall() == [(1,)]
        assert copy.execute("PRAGMA journal_mode").fetchall() == [("delete",)]


def test_what_is_committed_while_it_is_copied_changes_nothing(ledger: Path, tmp_path: Path) -> None:
    """Every report is followed by a commit: a copy that began anew after each change would never end."""
    before, reports = entries(ledger), []
    with closing(sqlite3.connect(ledger)) as posting:
        posting.execute(
            "CREATE TABLE filler AS SELECT randomblob(4000) FROM (WITH RECURSIVE n (i) AS "
            "(VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n)"
        )
        posting.commit()

        def commit(what: str, part: float | None) -> None:
            reports.append((what, part))
            posting.execute("INSERT INTO tenants VALUES (?)", (f"later {len(reports)}",))
            posting.commit()

        back_up_sqlite(ledger, tmp_path / "a.backup", commit)
    assert len(reports) >= 4
    assert [what for what, _ in reports] == ["Copying"] * len(reports)
    assert [part for _, part in reports] == sorted(part for _, part in reports if part is not None)
    assert entries(tmp_path / "a.backup") == before
    with closing(sqlite3.connect(tmp_path / "a.backup")) as copy:
        assert copy.execute("SELECT count(*) FROM tenants WHERE tenant_id LIKE 'later%'").fetchall() == [(0,)]


def test_a_database_that_a_service_has_open_is_not_restored_into(sqlite_url: str, backup: Path, tmp_path: Path) -> None:
    open_database = tmp_path / "open.db"
    restore_sqlite(backup, open_database, ignore_progress)
    with closing(sqlite3.connect(open_database)) as service:
        service.executescript("PRAGMA journal_mode = WAL; SELECT count(*) FROM tenants;")
        with pytest.raises(BackupFailed, match=r"another process has .*open\.db open: stop the service"):
            restore_sqlite(backup, open_database, ignore_progress)


def test_the_restored_file_and_its_folder_are_made_and_private(backup: Path, tmp_path: Path) -> None:
    restored = tmp_path / "new" / "hpts.db"
    restore_sqlite(backup, restored, ignore_progress)
    assert [(file.name, file.stat().st_mode & 0o777) for file in restored.parent.iterdir()] == [("hpts.db", 0o600)]
    assert entries(restored) == entries(backup)


def test_a_damaged_page_is_found_before_the_database_is_touched(backup: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(backup)) as database:
        [(page,)] = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'journal_lines'")
    content = backup.read_bytes()
    content = content[: (page - 1) * 4096] + bytes(4096) + content[page * 4096 :]
    backup.write_bytes(content)
    with pytest.raises(BackupFailed, match="damaged"):
        restore_sqlite(backup, tmp_path / "hpts.db", ignore_progress)
    assert [file.name for file in tmp_path.iterdir()] == ["a.backup"]


def test_what_is_no_database_stays_what_it_is(backup: Path, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("no database" * 100)
    with pytest.raises(DatabaseError):
        restore_sqlite(backup, other, ignore_progress)
    with pytest.raises((DatabaseError, sqlite3.DatabaseError)):
        back_up_sqlite(other, tmp_path / "b.backup", ignore_progress)
    with pytest.raises(StoreMisconfigured):
        back_up_sqlite(tmp_path / "missing.db", tmp_path / "b.backup", ignore_progress)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.backup", "notes.txt"]
    assert other.read_text() == "no database" * 100
