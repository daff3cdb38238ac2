"""pg_dump and pg_restore, PostgreSQL's own programs: found on the PATH, and what they complain of told in one line."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Final

from sqlalchemy import make_url

from app.store.backup_file import BackupFailed

_REMEDIES: Final = {
    "version mismatch": "install PostgreSQL's client programs in the version of the server, or a newer one",
    "unsupported version": "install PostgreSQL's client programs in the version that wrote the file, or a newer one",
    "end of file": "the file is not complete: restore another backup",
    "could not read from input file": "the file is damaged or not complete: restore another backup",
    "could not uncompress": "the file is damaged: restore another backup",
    "No space left": "make room on the disk",
}
_PARTS: Final = ("error: ", "detail: ", "fatal: ")


def connection_arguments(database_url: str) -> tuple[str, dict[str, str]]:
    """The URL without its password, and the environment with it: arguments are shown to every user of the machine."""
    url = make_url(database_url)
    environment = {**os.environ, "LC_ALL": "C"}
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    return url.set(drivername="postgresql")._replace(password=None).render_as_string(hide_password=False), environment


class OutputEnded(BackupFailed):
    """The output of a program broke off; what the program complains of says why."""


@contextmanager
def running_program(
    name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program whose output is read in the block; raises BackupFailed where it cannot be run, or ends badly."""
    program = shutil.which(name)
    if program is None:
        raise BackupFailed(
            f"{name} is not on the PATH: install PostgreSQL's client programs, on Debian with `apt install postgresql-client`"
        )
    command = [program, *arguments]
    with tempfile.TemporaryFile() as complaints, _started(command, complaints, environment) as process:
        try:
            yield process
        except OutputEnded:
            _require_success(name, process.wait(), complaints)
            raise
        except BaseException:
            process.kill()
            raise
        _require_success(name, process.wait(), complaints)


def _started(command: Sequence[str], complaints: IO[bytes], environment: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    """Signals stay as they are here, so that a file that grows too large is an error of the program, and not its end."""
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
        restore_signals=False,
    )


def _require_success(name: str, exit_code: int, complaints: IO[bytes]) -> None:
    if exit_code == 0:
        return
    complaints.seek(0)
    said = describe_complaint(complaints.read().decode(errors="replace"))
    raise BackupFailed(f"{name} failed: {said or f'it ended with exit code {exit_code}'}")


def describe_complaint(text: str) -> str:
    """What a program of PostgreSQL wrote to standard error, in one line, and what to do where that is known."""
    lines = [line.partition(": ")[2] for line in text.splitlines()]
    parts = [line.removeprefix(part) for line in lines for part in _PARTS if line.startswith(part)] or lines[-1:]
    said = "; ".join(part.rstrip(".") for part in parts)
    remedy = next((remedy for sign, remedy in _REMEDIES.items() if sign in said), None)
    return f"{said}: {remedy}" if remedy else said
