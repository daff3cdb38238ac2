"""The file of a backup: private, under its name only once it is complete, and told apart by its first bytes."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

Engine = Literal["sqlite", "postgresql"]
Report = Callable[[str, float | None], None]
"""Called with what is being done, and the part of it that is done, from 0 to 1, or None where that is not known."""
PRIVATE: Final = 0o600
_FIRST_BYTES: Final[dict[bytes, Engine]] = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}
ENGINE_NAMES: Final[dict[Engine, str]] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class BackupFailed(Exception):
    """No backup was written, or none restored; the message says in one line why and what to do."""


@contextmanager
def new_private_file(file: Path) -> Iterator[Path]:
    """A file beside `file` to write to, mode 600: it takes that name when the block ends well, and is removed otherwise."""
    if file.exists():
        raise BackupFailed(f"{file} is there already: choose another name, or remove it")
    with private_file(file, "partial") as partial:
        yield partial
        _write_to_disk(partial)
        partial.rename(file)
        _write_to_disk(file.parent)


@contextmanager
def private_file(beside: Path, purpose: str) -> Iterator[Path]:
    """An empty file, mode 600, in the folder of another; it is removed at the end, with what SQLite keeps beside it."""
    file = beside.with_name(f".{beside.name}.{os.getpid()}.{purpose}")
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    try:
        yield file
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)


def engine_of(file: Path) -> Engine:
    """Which engine's backup it is. Raises BackupFailed for what is none, OSError for what cannot be read."""
    with file.open("rb") as opened:
        first_bytes = opened.read(max(map(len, _FIRST_BYTES)))
    for beginning, engine in _FIRST_BYTES.items():
        if first_bytes.startswith(beginning):
            return engine
    raise BackupFailed(f"{file} is no backup: give a file that `hpts backup` wrote")


def _write_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
