"""`hpts backup FILE`: writes all that the ledger holds to one file, while the service goes on posting."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.console_output import console
from app.cli.database_errors import describe_database_error, shown_address
from app.cli.error_reporting import CommandError
from app.settings import Settings, load_settings
from app.store.backup import write_backup
from app.store.backup_file import BackupFailed, Report


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.", show_default=False)],
) -> None:
    """Write a backup that holds all that was posted before; only its owner may read the file."""
    settings = load_settings()
    with reporting(settings) as report:
        write_backup(settings.database_url, file, report)
    size = f"{file.stat().st_size / 1_000_000:,.1f} MB"
    console().print(f"{shown_address(settings)} is backed up in {file}, {size}.", markup=False, soft_wrap=True)


@contextmanager
def reporting(settings: Settings) -> Iterator[Report]:
    """Shows the progress of long work on the database of `settings`, and raises CommandError for what it fails of."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    before = signal.signal(signal.SIGTERM, _end)
    try:
        out = console()
        with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
            task = progress.add_task("Starting", total=None)
            yield lambda what, part: progress.update(task, description=what, completed=part or 0, total=part and 1)
    except BackupFailed as failed:
        raise CommandError(str(failed)) from failed
    except Exception as failed:
        if isinstance(failed, OSError) and failed.filename is not None:
            raise  # of the backup's file, and not of the database
        if (line := describe_database_error(failed, settings)) is not None:
            raise CommandError(line) from failed
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _frame: FrameType | None) -> None:
    """Ends as an interrupt does, so that what was begun is removed; the exit code is the one of shells."""
    raise SystemExit(128 + number)
