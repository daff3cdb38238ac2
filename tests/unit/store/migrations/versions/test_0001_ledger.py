"""The first migration gives each database a key of its own, and on PostgreSQL the application's role its few rights."""

import asyncio
from functools import partial
from typing import Final

import psycopg

from app.store.migrate import migrate_schema
from app.store.open import open_store
from app.store.queries.secret_keys import PAGE_TOKEN_KEY, secret_key
from tests.support.databases import Databases

RIGHTS: Final = {
    "tenants": {"SELECT", "INSERT"},
    "secrets": {"SELECT"},
    "alembic_version": {"SELECT"},
    "journal_entries": {"SELECT", "INSERT"},
    "journal_lines": {"SELECT", "INSERT"},
    "loans": {"SELECT", "INSERT", "UPDATE"},
    "loan_days": {"SELECT", "INSERT", "UPDATE"},
    "account_totals": {"SELECT", "INSERT", "UPDATE"},
    "account_days": {"SELECT", "INSERT", "UPDATE"},
    "idempotency_keys": {"SELECT", "INSERT", "DELETE"},
    "reconciliation_runs": {"SELECT", "INSERT"},
}
SHARED: Final = {"tenants", "secrets", "alembic_version"}
"""Tables that hold no tenant's data."""


async def page_token_key(url: str) -> bytes:
    store = open_store(url)
    key = await store.read((), partial(secret_key, name=PAGE_TOKEN_KEY))
    await store.close()
    return key


async def test_each_database_has_a_key_of_its_own(engine_name: str, databases: Databases) -> None:
    keys = []
    for _ in range(2):
        with databases.empty(engine_name) as url:
            await asyncio.to_thread(migrate_schema, url)
            keys.append(await page_token_key(url))
    assert keys[0] != keys[1]
    assert [len(key) for key in keys] == [32, 32]


def test_the_application_has_just_the_rights_it_needs(postgresql_url: str) -> None:
    granted = "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'hpts_app'"
    found: dict[str, set[str]] = {}
    with psycopg.connect(postgresql_url) as connection:
        for table, right in connection.execute(granted).fetchall():
            found.setdefault(table, set()).add(right)
    assert found == RIGHTS


def test_every_table_of_tenants_data_shows_each_tenant_its_own_rows(postgresql_url: str) -> None:
    secured = "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
    with psycopg.connect(postgresql_url) as connection:
        rows = connection.execute(f"{secured} WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace".encode()).fetchall()
    assert dict(rows) == {table: table not in SHARED for table in RIGHTS}
