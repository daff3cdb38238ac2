"""`hpts restore` puts a backup into an empty database and verifies it, or says in one line why it does not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Hpts, error_of


@pytest.fixture
def backup(hpts: Hpts, tenant_id: str, folder: Path) -> Path:
    assert hpts("backup", str(folder / "a.backup")).exit_code == 0
    return folder / "a.backup"


def test_what_is_restored_is_said_and_verified(hpts: Hpts, backup: Path, tenant_id: str, folder: Path) -> None:
    url = f"sqlite:///{folder / 'restored.db'}"
    done = hpts("restore", str(backup), DATABASE_URL=url)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{backup} is restored into {url}.\n")
    assert f"Tenant {tenant_id}" in done.stdout
    assert "the trial balance is zero" in done.stdout


def test_a_database_with_entries_is_refused(hpts: Hpts, backup: Path) -> None:
    code, line = error_of(hpts("restore", str(backup)))
    assert code == 1
    assert "holds a ledger already" in line
    assert line.endswith("restore into an empty database")


def test_a_ledger_that_had_drifted_is_restored_and_the_drift_is_shown(
    hpts: Hpts, empty_ledger: str, tenant_id: str, folder: Path
) -> None:
    with closing(sqlite3.connect(empty_ledger.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE loans SET principal_minor = principal_minor + 1")
    hpts("backup", str(folder / "a.backup"))
    done = hpts("restore", str(folder / "a.backup"), DATABASE_URL=f"sqlite:///{folder / 'restored.db'}")
    assert done.exit_code == 1
    assert "is restored into" in done.stdout
    assert "principal_minor" in done.stdout


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_named(hpts: Hpts, folder: Path, name: str) -> None:
    code, line = error_of(hpts("restore", str(folder / name)))
    assert code == 1
    assert line.startswith(f"hpts: {folder / name}: ")
    assert not (folder / "hpts.db").exists()


def test_a_file_that_is_no_backup_is_refused(hpts: Hpts, folder: Path) -> None:
    (folder / "notes").write_text("no backup")
    code, line = error_of(hpts("restore", str(folder / "notes")))
    assert (code, line) == (1, f"hpts: {folder / 'notes'} is no backup: give a file that `hpts backup` wrote")
    assert not (folder / "hpts.db").exists()
