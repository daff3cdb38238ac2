"""Backups of a SQLite file by SQLite's online backup: a copy of one moment, taken while the service posts.

`cp` of a file in use leaves out what waits in the write-ahead log, and mixes pages of several moments.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app.store.backup_file import BackupFailed, Report, new_private_file, private_file
from app.store.migrate import keep_private, make_private, migrate_schema
from app.store.restored_ledger import disable_endpoints, require_empty, require_ledger
from app.store.schema_version import require_schema
from app.store.sqlite.connect import read_only_engine
from app.store.unavailable import sqlite_code

PAGES_AT_ONCE: Final = 4096
"""After which progress is reported; the snapshot is one for all of them."""
_HEADER_BYTES: Final = 100
_LARGEST_PAGE: Final = 65_536
"""Which does not fit into the two bytes of the header, so that 1 stands for it."""
_UNREADABLE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNWRITABLE: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def back_up_sqlite(path: Path, file: Path, report: Report) -> None:
    """Raises BackupFailed, StoreMisconfigured for what is no ledger of this version or an older one, or SQLite's error."""
    with new_private_file(file) as partial, _snapshot(path) as snapshot:
        require_schema(snapshot)
        with closing(_open(partial)) as target:
            target.execute("PRAGMA journal_mode = OFF")  # a copy that fails is thrown away
            target.execute("PRAGMA synchronous = OFF")  # it is written to the disk once it is complete
            try:
                _copy(snapshot, target, _progress(report, "Copying"))
            except sqlite3.Error as error:
                if sqlite_code(error) in _UNWRITABLE:
                    raise BackupFailed(f"{file} cannot be written ({error}): make room on its disk") from error
                raise
            target.execute("PRAGMA journal_mode = DELETE")  # one file by itself, which can be read where nothing can be written


def restore_sqlite(file: Path, path: Path, report: Report) -> int:
    """How many endpoints of webhooks were disabled. The database becomes the restored one in a single transaction.

    Raises BackupFailed, StoreMisconfigured for a backup of a newer schema, or SQLite's error of the database.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        with _only_user(path):
            report("Reading the backup", None)
    with private_file(path, "restoring") as staged:
        _stage(file, staged, report)
        migrate_schema(f"sqlite:///{staged}")
        engine = create_engine(f"sqlite:///{staged}", poolclass=NullPool)
        with engine.begin() as connection:
            disabled = disable_endpoints(connection)
        make_private(path)
        with _only_user(path) as target, _snapshot(staged) as restored:
            _copy(restored, target, _progress(report, "Restoring"))
        keep_private(path)
    return disabled


def _stage(file: Path, staged: Path, report: Report) -> None:
    """Copies a backup beside the database, where it is checked before the database is touched."""
    _require_complete(file)
    try:
        with _snapshot(file) as backup, closing(_open(staged)) as target:
            require_ledger(backup, file)
            _copy(backup, target, _progress(report, "Reading the backup"))
            report("Checking the backup", None)
            [(result,)] = target.execute("PRAGMA integrity_check(1)")
    except Exception as error:
        if sqlite_code(getattr(error, "orig", error)) in _UNREADABLE:
            raise BackupFailed(f"{file} is damaged or not complete: restore another backup") from error
        raise
    if result != "ok":
        raise BackupFailed(f"{file} is damaged ({result}): restore another backup")


def _require_complete(file: Path) -> None:
    """By the pages that the file says it has: SQLite reads zeros for what is missing of the last one."""
    with file.open("rb") as opened:
        header = opened.read(_HEADER_BYTES)
    page_bytes, pages = int.from_bytes(header[16:18]), int.from_bytes(header[28:32])
    if len(header) < _HEADER_BYTES or file.stat().st_size < pages * (_LARGEST_PAGE if page_bytes == 1 else page_bytes):
        raise BackupFailed(f"{file} is not complete: restore another backup")


@contextmanager
def _snapshot(path: Path) -> Iterator[Connection]:
    """A connection that sees one moment until it is closed, however much is posted meanwhile."""
    engine = read_only_engine(path, pool_size=1)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema")
            yield connection
    finally:
        engine.dispose()


def _copy(snapshot: Connection, target: sqlite3.Connection, progress: Callable[[int, int, int], None]) -> None:
    _driver_connection(snapshot).backup(target, pages=PAGES_AT_ONCE, progress=progress)


def _driver_connection(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def _progress(report: Report, what: str) -> Callable[[int, int, int], None]:
    return lambda _status, remaining, total: report(what, 1 - remaining / total if total else None)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=0)


@contextmanager
def _only_user(path: Path) -> Iterator[sqlite3.Connection]:
    """A database without entries, which no other process can open until the block ends. Raises BackupFailed."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": 0})
    with engine.connect() as connection:
        try:
            connection.exec_driver_sql("PRAGMA locking_mode = EXCLUSIVE")
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
        except OperationalError as error:
            if sqlite_code(error.orig or error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise BackupFailed(f"another process has {path} open: stop the service that uses it") from error
            raise
        require_empty(connection, may_hold_other_tables=False)
        connection.commit()
        yield _driver_connection(connection)
