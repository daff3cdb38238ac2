"""Whether a database may be restored into, and a backup restored, by the tables and the schema that they hold."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from app.store.backup_file import BackupFailed
from app.store.database_url import sqlite_path
from app.store.restored_ledger import LEDGER_TABLES, require_empty, require_known_version, require_ledger
from app.store.schema_version import known_versions

FILE = Path("a.backup")


@pytest.fixture
def connection() -> Connection:
    return create_engine("sqlite://", poolclass=StaticPool).connect()


def test_a_database_without_tables_is_empty(connection: Connection) -> None:
    require_empty(connection, may_hold_other_tables=False)


def test_tables_of_another_program_are_in_the_way_where_they_would_be_lost(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE others (name text)")
    require_empty(connection, may_hold_other_tables=True)
    with pytest.raises(BackupFailed, match="holds others, which is no table of a ledger: restore into an empty database"):
        require_empty(connection, may_hold_other_tables=False)


@pytest.mark.parametrize("may_hold_other_tables", [True, False])
def test_a_migrated_database_is_empty_as_long_as_it_has_no_tenants_row(sqlite_url: str, may_hold_other_tables: bool) -> None:
    with create_engine(f"sqlite:///{sqlite_path(sqlite_url)}").connect() as connection:
        require_empty(connection, may_hold_other_tables=may_hold_other_tables)
        connection.exec_driver_sql("INSERT INTO tenants VALUES ('one')")
        with pytest.raises(BackupFailed, match="with rows of tenants"):
            require_empty(connection, may_hold_other_tables=may_hold_other_tables)


def test_the_tables_of_a_ledger_are_all_that_migrations_make(sqlite_url: str) -> None:
    with create_engine(f"sqlite:///{sqlite_path(sqlite_url)}").connect() as connection:
        require_ledger(connection, FILE)
        found = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'").scalars()
        assert set(found) == {*LEDGER_TABLES, "alembic_version"}


def test_every_version_of_the_schema_that_is_known_can_be_restored() -> None:
    assert [require_known_version(version, FILE) for version in known_versions()] == known_versions()


def test_no_version_and_a_version_of_the_future_are_refused(connection: Connection) -> None:
    with pytest.raises(BackupFailed, match=r"a\.backup holds no ledger"):
        require_ledger(connection, FILE)
    with pytest.raises(BackupFailed, match=r"its schema 0099 is not known to this version, which knows up to 0\d{3}_"):
        require_known_version("0099", FILE)
