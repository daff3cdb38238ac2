"""`hpts backup` writes one private file and says so, or says in one line why there is none."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from app.dev.child_process import free_port
from app.settings import PREFIX
from tests.support.backups import path_with_client_programs
from tests.support.waiting import HANG_SECONDS, wait_until
from tests.unit.cli.conftest import Hpts, error_of


def test_a_backup_is_written_and_named_with_its_size(hpts: Hpts, tenant_id: str, empty_ledger: str, folder: Path) -> None:
    file = folder / "a.backup"
    done = hpts("backup", str(file))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{empty_ledger} is backed up in {file}, 0.1 MB.\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_kept(hpts: Hpts, empty_ledger: str, folder: Path) -> None:
    (folder / "a.backup").write_text("older")
    code, line = error_of(hpts("backup", str(folder / "a.backup")))
    assert (code, line) == (1, f"hpts: {folder / 'a.backup'} is there already: choose another name, or remove it")
    assert (folder / "a.backup").read_text() == "older"


@pytest.mark.parametrize("name", ["missing/a.backup", "hpts.db/a.backup"])
def test_a_folder_that_is_none_is_named(hpts: Hpts, empty_ledger: str, folder: Path, name: str) -> None:
    (folder / "hpts.db").touch()
    code, line = error_of(hpts("backup", str(folder / name)))
    assert code == 1
    assert line.startswith(f"hpts: {(folder / name).parent}")
    assert "Choose a file and a folder that this user may read and write" in line


def test_a_database_that_is_missing_or_away_is_the_databases_error(hpts: Hpts, folder: Path) -> None:
    for url in (f"sqlite:///{folder / 'hpts.db'}", f"postgresql://hpts:geheim@127.0.0.1:{free_port()}/hpts"):
        code, line = error_of(hpts("backup", str(folder / "a.backup"), DATABASE_URL=url))
        assert code == 1
        assert " cannot be used: " in line
        assert "geheim" not in line
    assert list(folder.glob("*backup*")) == []


def test_without_pg_dump_its_package_is_named(
    hpts: Hpts, postgresql_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    code, line = error_of(hpts("backup", str(folder / "a.backup"), DATABASE_URL=postgresql_url))
    assert code == 1
    assert line.startswith("hpts: pg_dump is not on the PATH: install PostgreSQL's client programs")
    assert list(folder.glob("*backup*")) == []


def test_a_backup_that_is_told_to_end_leaves_nothing_behind(postgresql_url: str, folder: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pg_dump").write_text("#!/bin/sh\nexec sleep 1000\n")
    (programs / "pg_dump").chmod(0o755)
    environment = {**os.environ, f"{PREFIX}DATABASE_URL": postgresql_url, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "app", "backup", str(folder / "a.backup")]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: bool(list(folder.glob(".*partial"))) or process.poll() is not None)
        process.terminate()
        _, complaint = process.communicate(timeout=HANG_SECONDS)
    assert (process.returncode, complaint) == (143, "")
    assert list(folder.glob("*backup*")) + list(folder.glob(".*partial")) == []


@pytest.mark.parametrize(("engine_name", "most_bytes"), [("sqlite", 64 * 1024), ("postgresql", 4 * 1024)])
def test_a_disk_that_takes_no_more_leaves_nothing_behind(database_url: str, most_bytes: int, folder: Path) -> None:
    """A limit on the size of files stands for the disk; SQLite needs 32 KiB of it for its index of the write-ahead log."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "backup", str(folder / "a.backup")],
        env={**os.environ, f"{PREFIX}DATABASE_URL": database_url, "PATH": path_with_client_programs()},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "cannot be written" in line or "could not write" in line
    assert list(folder.glob("*backup*")) == []
