"""A backup's file is private from its first byte, has its name only once it is complete, and says which engine wrote it."""

import os
from pathlib import Path

import pytest

from app.store.backup_file import BackupFailed, engine_of, new_private_file, private_file


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_a_complete_file_takes_its_name_and_stays_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with new_private_file(tmp_path / "a.backup") as partial:
            assert mode(partial) == 0o600
            assert not (tmp_path / "a.backup").exists()
            partial.write_text("complete")
    finally:
        os.umask(before)
    assert [(file.name, mode(file), file.read_text()) for file in tmp_path.iterdir()] == [("a.backup", 0o600, "complete")]


@pytest.mark.parametrize("error", [BackupFailed("no room"), KeyboardInterrupt()])
def test_a_file_that_was_not_completed_is_removed(tmp_path: Path, error: BaseException) -> None:
    def fail() -> None:
        with new_private_file(tmp_path / "a.backup") as partial:
            partial.with_name(f"{partial.name}-journal").touch()
            raise error

    with pytest.raises(type(error)):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.backup").write_text("older")
    with (
        pytest.raises(BackupFailed, match=r"a\.backup is there already: choose another name"),
        new_private_file(tmp_path / "a.backup"),
    ):
        pass
    assert (tmp_path / "a.backup").read_text() == "older"


def test_a_private_file_lasts_as_long_as_its_block(tmp_path: Path) -> None:
    with private_file(tmp_path / "hpts.db", "restoring") as file:
        assert (file.parent, mode(file)) == (tmp_path, 0o600)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("beginning", "engine"), [(b"SQLite format 3\0...", "sqlite"), (b"PGDMP\x01\x0e", "postgresql")])
def test_the_first_bytes_name_the_engine(tmp_path: Path, beginning: bytes, engine: str) -> None:
    (tmp_path / "a").write_bytes(beginning)
    assert engine_of(tmp_path / "a") == engine


@pytest.mark.parametrize("content", [b"", b"SQLite", b"-- PostgreSQL database dump", b"\x1f\x8b\x08"])
def test_what_no_backup_wrote_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(BackupFailed, match="a is no backup: give a file that `hpts backup` wrote"):
        engine_of(tmp_path / "a")
