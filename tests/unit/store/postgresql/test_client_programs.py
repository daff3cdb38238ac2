"""PostgreSQL's programs are run with the password in their environment, and fail with one line that says what to do."""

import os
from pathlib import Path

import pytest

from app.store.backup_file import BackupFailed
from app.store.postgresql.client_programs import OutputEnded, connection_arguments, describe_complaint, running_program


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that comes first on the PATH."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def write_program(folder: Path, script: str) -> str:
    (folder / "pg_pretend").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "pg_pretend").chmod(0o755)
    return "pg_pretend"


def output_of(program: str, *arguments: str) -> bytes:
    with running_program(program, arguments) as process:
        assert process.stdout is not None
        return process.stdout.read()


def test_the_password_is_no_argument() -> None:
    address, environment = connection_arguments("postgresql://hpts:p%40ss@db.example:5433/ledger?sslmode=require")
    assert address == "postgresql://hpts@db.example:5433/ledger?sslmode=require"
    assert environment["PGPASSWORD"] == "p@ss"
    assert environment["LC_ALL"] == "C"


def test_without_a_password_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    assert "PGPASSWORD" not in connection_arguments("postgresql://hpts@db.example/ledger")[1]


def test_the_output_is_read_and_arguments_are_passed_on(programs: Path) -> None:
    assert output_of(write_program(programs, 'echo "$@"'), "--file=a b", "c") == b"--file=a b c\n"


def test_a_program_that_is_missing_is_named_with_its_package() -> None:
    with pytest.raises(BackupFailed, match="pg_nowhere is not on the PATH: install PostgreSQL's client programs"):
        output_of("pg_nowhere")


def test_a_program_that_fails_is_quoted(programs: Path) -> None:
    program = write_program(programs, "echo 'pg_pretend: error: no such thing' >&2; exit 1")
    with pytest.raises(BackupFailed, match=r"^pg_pretend failed: no such thing$"):
        output_of(program)


def test_a_program_that_dies_silently_is_said_to(programs: Path) -> None:
    with pytest.raises(BackupFailed, match=r"^pg_pretend failed: it ended with exit code -9$"):
        output_of(write_program(programs, "kill -KILL $$"))


@pytest.mark.parametrize(("script", "said"), [("exit 0", "^broke off$"), ("echo 'x: error: why' >&2; exit 1", "failed: why$")])
def test_output_that_breaks_off_is_explained_by_the_program_itself(programs: Path, script: str, said: str) -> None:
    program = write_program(programs, script)
    with pytest.raises(BackupFailed, match=said), running_program(program, []):
        raise OutputEnded("broke off")


def test_a_block_that_fails_ends_the_program(programs: Path) -> None:
    program = write_program(programs, "exec sleep 1000")
    with pytest.raises(ValueError, match="mine"), running_program(program, []) as process:
        raise ValueError("mine")
    assert process.wait() == -9


INSTALL = "install PostgreSQL's client programs in the version"
MISMATCH = "server version mismatch"
COMPLAINTS = {
    f"pg_dump: error: aborting because of {MISMATCH}\npg_dump: detail: server version: 18.6; pg_dump version: 15.18\n": (
        f"aborting because of {MISMATCH}; server version: 18.6; pg_dump version: 15.18: {INSTALL} of the server, or a newer one"
    ),
    "pg_restore: error: unsupported version (1.16) in file header\n": (
        f"unsupported version (1.16) in file header: {INSTALL} that wrote the file, or a newer one"
    ),
    "pg_dump: error: could not write to output file: No space left on device\n": (
        "could not write to output file: No space left on device: make room on the disk"
    ),
    "pg_restore: warning: a\npg_restore: error: b.\n": "b",
    "sh: out of words\n": "out of words",
    "": "",
}


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_what_programs_complain_of_becomes_one_line(complaint: str) -> None:
    assert describe_complaint(complaint) == COMPLAINTS[complaint]
