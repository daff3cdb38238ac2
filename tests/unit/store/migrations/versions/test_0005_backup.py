"""The migration of backups lets the owner of the tables, who is bound by row-level security, see every row of each."""

import asyncio

import psycopg

from app.store.migrate import migrate_schema
from tests.support.backups import post_eventful_loan
from tests.support.databases import Databases
from tests.support.plain_owner import owned_by_a_plain_role

BOUND = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relforcerowsecurity"


def test_an_owner_who_is_no_superuser_sees_every_row(databases: Databases) -> None:
    with databases.empty("postgresql") as url:
        owner = owned_by_a_plain_role(url)
        migrate_schema(owner, "0002_defences")
        migrate_schema(owner)
        asyncio.run(post_eventful_loan(owner))
        with psycopg.connect(owner) as seen, psycopg.connect(url) as complete:
            tables = [table for (table,) in complete.execute(BOUND).fetchall()]
            assert "idempotency_keys" in tables
            for table in tables:
                count = f"SELECT count(*) FROM {table}".encode()
                assert seen.execute(count).fetchone() == complete.execute(count).fetchone(), table


def test_every_table_that_binds_its_owner_shows_the_owner_every_row(postgresql_url: str) -> None:
    """Also those of later migrations: a backup by the owner would be refused otherwise."""
    shown = "SELECT tablename FROM pg_policies WHERE policyname = 'owner' AND qual = 'true'"
    with psycopg.connect(postgresql_url) as server:
        assert {*server.execute(BOUND).fetchall()} == {*server.execute(shown).fetchall()}
