"""Backs up the ledger that a database URL names, and restores it: one file of the engine's own kind."""

from pathlib import Path

from app.store.backup_file import ENGINE_NAMES, BackupFailed, Engine, Report, engine_of
from app.store.database_url import is_sqlite, sqlite_path
from app.store.postgresql.backup import back_up_postgresql
from app.store.postgresql.restore import restore_postgresql
from app.store.sqlite.backup import back_up_sqlite, restore_sqlite


def write_backup(database_url: str, file: Path, report: Report) -> None:
    """Writes all that was committed before. Raises BackupFailed, StoreMisconfigured or an error of the driver."""
    if is_sqlite(database_url):
        back_up_sqlite(sqlite_path(database_url), file, report)
    else:
        back_up_postgresql(database_url, file, report)


def restore_backup(file: Path, database_url: str, report: Report) -> int:
    """How many endpoints of webhooks were disabled; all is restored, or nothing. Raises as `write_backup` does, and OSError."""
    engine: Engine = "sqlite" if is_sqlite(database_url) else "postgresql"
    if (made_by := engine_of(file)) != engine:
        raise BackupFailed(
            f"{file} is a backup of {ENGINE_NAMES[made_by]}, and HPTS_DATABASE_URL names {ENGINE_NAMES[engine]}: "
            f"name a database of {ENGINE_NAMES[made_by]}"
        )
    if engine == "sqlite":
        return restore_sqlite(file, sqlite_path(database_url), report)
    return restore_postgresql(file, database_url, report)
