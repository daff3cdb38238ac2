"""A backup of PostgreSQL holds every row although row-level security binds the owner, and is refused to whom rows are hidden."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.store.backup_file import BackupFailed
from app.store.postgresql.backup import back_up_postgresql
from tests.support.backups import client_programs_on_the_path, ignore_progress, post_eventful_loan
from tests.support.databases import Databases


@pytest.fixture(autouse=True, scope="module")
def client_programs() -> Iterator[None]:
    with client_programs_on_the_path():
        yield


@pytest.fixture
def ledger(databases: Databases) -> Iterator[str]:
    with databases.fresh("postgresql") as url:
        asyncio.run(post_eventful_loan(url))
        yield url


def test_a_login_of_the_application_is_refused_with_what_it_does_not_see(
    ledger: str, databases: Databases, tmp_path: Path
) -> None:
    with databases.login(ledger) as login, pytest.raises(BackupFailed, match=r"does not see every row of account_days, .*loans"):
        back_up_postgresql(login, tmp_path / "a.backup", ignore_progress)
    assert list(tmp_path.iterdir()) == []


def test_a_login_that_bypasses_row_level_security_needs_to_own_nothing(ledger: str, databases: Databases, tmp_path: Path) -> None:
    with databases.login(ledger, "BYPASSRLS", role="pg_read_all_data") as login:
        back_up_postgresql(login, tmp_path / "a.backup", ignore_progress)
    assert (tmp_path / "a.backup").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "statement",
    [
        "DROP POLICY owner ON journal_lines",
        "ALTER POLICY owner ON journal_lines USING (tenant_id IS NOT NULL)",
        "CREATE POLICY fewer ON journal_lines AS RESTRICTIVE FOR SELECT USING (amount_minor < 5)",
    ],
)
def test_a_table_that_the_owner_sees_in_part_only_is_named(databases: Databases, tmp_path: Path, statement: str) -> None:
    """An owner who is a superuser sees everything; here a login owns the tables that is none."""
    with databases.fresh("postgresql") as url, databases.login(url) as login:
        name = psycopg.conninfo.conninfo_to_dict(login)["user"]
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(statement.encode())
            for (table,) in server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
                server.execute(f"ALTER TABLE {table} OWNER TO {name}".encode())
            for table, policy in server.execute("SELECT tablename, policyname FROM pg_policies").fetchall():
                if policy == "owner":
                    server.execute(f"ALTER POLICY owner ON {table} TO {name}".encode())
        with pytest.raises(BackupFailed, match="does not see every row of journal_lines, so that a backup would be incomplete"):
            back_up_postgresql(login, tmp_path / "a.backup", ignore_progress)
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"REASSIGN OWNED BY {name} TO CURRENT_USER".encode())
            server.execute(f"DROP OWNED BY {name}".encode())
