"""The second migration leaves the application's role the rights that the service needs, on databases with data too."""

import asyncio
import sqlite3
from typing import Any, Final

import psycopg
import pytest

from app.store.columns import key_names, names
from app.store.database_url import is_sqlite, sqlite_path
from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.queries.tenants import all_tenants
from app.store.tables import loan_days, loans, webhook_deliveries, webhook_endpoints
from tests.support.databases import Databases
from tests.support.events import BORROWER, Tenant, disbursement, new_id, payment, running_writer
from tests.support.plain_owner import owned_by_a_plain_role

RIGHTS: Final = {
    "tenants": {"SELECT"},
    "secrets": {"SELECT"},
    "alembic_version": {"SELECT"},
    "journal_entries": {"SELECT", "INSERT"},
    "journal_lines": {"SELECT", "INSERT"},
    "loans": {"SELECT", "INSERT"},
    "loan_days": {"SELECT", "INSERT"},
    "account_totals": {"SELECT", "INSERT"},
    "account_days": {"SELECT", "INSERT"},
    "idempotency_keys": {"SELECT", "INSERT"},
    "reconciliation_runs": {"SELECT"},
    "former_keys": {"SELECT"},
    "webhook_endpoints": {"SELECT", "INSERT"},
    "webhook_deliveries": {"SELECT", "INSERT"},
}
ENDPOINT_FACTS: Final = (
    *key_names(webhook_endpoints),
    *("url", "event_types", "description", "created_at", "start_position", "start_entry_id"),
)
UPDATED: Final = {
    "loans": set(names(loans)) - {"tenant_id", "loan_id", "borrower_id", "currency"},
    "loan_days": set(names(loan_days)) - {"tenant_id", "loan_id", "effective_at"},
    "account_totals": {"dr_minor", "cr_minor"},
    "account_days": {"dr_minor", "cr_minor"},
    "webhook_endpoints": set(names(webhook_endpoints, without=ENDPOINT_FACTS)),
    "webhook_deliveries": set(names(webhook_deliveries, without=key_names(webhook_deliveries))),
}
"""The columns that a posting, an attempt or a tenant changes; no other column of any table may be updated."""
WITHOUT_TABLES: Final = {"hpts_position_offset"}
"""Functions that read no table, and are put into the statements that call them."""
OPEN_TO_THE_OWNER: Final = {"tenants", "secrets"}
"""Tables whose owner sees all rows, so that its functions can give the application the few that it needs."""
UNSECURED: Final = {"alembic_version"}


def test_the_application_has_just_the_rights_it_needs(postgresql_url: str) -> None:
    granted = "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'hpts_app'"
    found: dict[str, set[str]] = {}
    with psycopg.connect(postgresql_url) as connection:
        for table, right in connection.execute(granted).fetchall():
            found.setdefault(table, set()).add(right)
    assert found == RIGHTS


def test_the_application_updates_what_a_posting_changes_and_nothing_else(postgresql_url: str) -> None:
    granted = (
        "SELECT table_name, column_name FROM information_schema.role_column_grants "
        "WHERE grantee = 'hpts_app' AND privilege_type = 'UPDATE'"
    )
    found: dict[str, set[str]] = {}
    with psycopg.connect(postgresql_url) as connection:
        for table, column in connection.execute(granted).fetchall():
            found.setdefault(table, set()).add(column)
    assert found == UPDATED


def test_every_table_shows_the_application_the_rows_of_its_tenants(postgresql_url: str) -> None:
    secured = "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
    with psycopg.connect(postgresql_url) as connection:
        rows = connection.execute(f"{secured} WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace".encode()).fetchall()
    found = {table: (is_secured, is_forced) for table, is_secured, is_forced in rows}
    assert found == {table: (table not in UNSECURED, table not in UNSECURED | OPEN_TO_THE_OWNER) for table in RIGHTS}


def test_no_function_looks_for_a_table_among_temporary_ones_first(postgresql_url: str) -> None:
    listed = "SELECT proname, proconfig FROM pg_proc WHERE proname LIKE 'hpts%'"
    with psycopg.connect(postgresql_url) as connection:
        found: dict[str, Any] = dict(connection.execute(listed).fetchall())
    assert len(found) >= 8
    found = {name: found[name] for name in found.keys() - WITHOUT_TABLES}
    assert set(map(str, found.values())) == {"['search_path=pg_catalog, public, pg_temp']"}


@pytest.mark.parametrize("is_superuser", [True, False])
async def test_a_database_with_data_is_migrated(engine_name: str, databases: Databases, is_superuser: bool) -> None:
    """By its owner, who need not be a superuser: what the owner's functions read is not hidden from them."""
    with databases.empty(engine_name) as url:
        owner_url = url if is_superuser or is_sqlite(url) else owned_by_a_plain_role(url)
        await asyncio.to_thread(migrate_schema, owner_url, "0001")
        tenant_id, loan_id = new_id(), new_id()
        insert_disbursement(url, tenant_id, loan_id)
        await asyncio.to_thread(migrate_schema, owner_url)
        store = open_store(owner_url)
        async with running_writer(store) as writer:
            await Tenant(writer, tenant_id).post(payment(loan_id, 30))
            other = Tenant(writer)
            await other.post(disbursement(new_id()))
        assert await store.read((), all_tenants) == sorted((tenant_id, other.tenant_id))
        await store.close()


def insert_disbursement(url: str, tenant_id: str, loan_id: str) -> None:
    """As the version before wrote it."""
    entry_id, day, moment = new_id(), "2026-03-01", "2026-03-01 12:00:00"
    head = f"'{tenant_id}', '{entry_id}'"
    lines = f"""INSERT INTO journal_lines VALUES
        ({head}, 1, '{day}', '1100', 'DR', 100, 'USD', 'SETTLED', '{loan_id}', '{BORROWER}', NULL),
        ({head}, 2, '{day}', '2000', 'CR', 100, 'USD', 'SETTLED', NULL, NULL, NULL)"""
    entry = f"""INSERT INTO journal_entries VALUES
        ({head}, '{new_id()}', 'disbursement', '{day}', '{moment}', 2, '{new_id()}', 'tester', NULL, NULL, NULL)"""
    rest = [
        f"INSERT INTO tenants VALUES ('{tenant_id}')",
        f"INSERT INTO loans VALUES ('{tenant_id}', '{loan_id}', '{BORROWER}', 'USD', '{day}', '{day}', '{moment}', 100, 0, 0, 0)",
        f"INSERT INTO loan_days VALUES ('{tenant_id}', '{loan_id}', '{day}', '{moment}', 100, 0, 0, 0, NULL)",
    ]
    if is_sqlite(url):
        with sqlite3.connect(sqlite_path(url)) as file:
            for statement in (lines, entry, *rest):
                file.execute(statement)
        file.close()
        return
    with psycopg.connect(url) as server:
        for statement in (entry, lines, *rest):
            server.execute(statement.encode())
