"""What the role that the service acts as may do on PostgreSQL: what postings need, for the tenants it is admitted to."""

import psycopg
import pytest

from app.store.columns import amount_names, key_names, names
from app.store.migrate import migrate_schema
from app.store.rows import CHANGED_LOAN_COLUMNS
from app.store.tables import account_days, account_totals, loan_days, metadata, webhook_deliveries, webhook_endpoints
from tests.support.databases import Databases
from tests.support.events import new_id
from tests.support.plain_sql import ENTRY_COLUMNS, PlainSql, entry, insert, insert_lines, line

JOURNAL = ["journal_entries", "journal_lines"]
TENANT_TABLES = [
    *JOURNAL,
    "tenants",
    "loans",
    "loan_days",
    "account_totals",
    "account_days",
    "idempotency_keys",
]
ENDPOINT_FACTS = (
    *key_names(webhook_endpoints),
    *("url", "event_types", "description", "created_at", "start_position", "start_entry_id"),
)
CHANGED = {
    "loans": set(CHANGED_LOAN_COLUMNS) - {"tenant_id", "loan_id"},
    "loan_days": {*amount_names(loan_days), "last_posted_at", "accrual_entry_id"},
    "account_totals": amount_names(account_totals),
    "account_days": amount_names(account_days),
    "webhook_endpoints": set(names(webhook_endpoints, without=ENDPOINT_FACTS)),
    "webhook_deliveries": set(names(webhook_deliveries, without=key_names(webhook_deliveries))),
}
"""What a posting, an attempt or a tenant changes in rows that are there."""
NOT_INSERTED = {"tenants", "reconciliation_runs", "secrets"}


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_the_application_role_sees_only_the_tenants_it_is_admitted_to(sql: PlainSql, table: str) -> None:
    [(owner,)] = sql.run("SELECT tenant_id FROM tenants")
    sql.become_application([new_id()])
    assert sql.run(f"SELECT 1 FROM {table}") == []
    sql.become_application([])
    assert sql.run(f"SELECT 1 FROM {table}") == []
    sql.become_application([str(owner)])
    assert sql.run(f"SELECT 1 FROM {table}") != []


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_the_application_role_cannot_write_for_another_tenant(sql: PlainSql) -> None:
    sql.become_application([new_id()])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        insert(sql, "journal_entries", ENTRY_COLUMNS, entry(new_id(), new_id(), 0))


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("table", [table.name for table in metadata.sorted_tables])
async def test_the_application_role_does_to_a_table_what_postings_need_and_nothing_else(sql: PlainSql, table: str) -> None:
    """Every column is one that it may not update, but those that a posting changes; what it may insert is the tenant's own."""
    [(tenant_id,)] = sql.run("SELECT tenant_id FROM tenants")
    sql.become_application([str(tenant_id)])
    columns = names(metadata.tables[table])
    refused = [f"DELETE FROM {table}", f"TRUNCATE {table}", f"TRUNCATE {table} CASCADE", f"LOCK TABLE {table} IN EXCLUSIVE MODE"]
    refused += [f"UPDATE {table} SET {name} = {name}" for name in columns if name not in CHANGED.get(table, ())]
    if table in NOT_INSERTED:
        refused.append(f"INSERT INTO {table} SELECT * FROM {table}")
    refused += [
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"DROP TABLE {table}",
    ]
    for statement in refused:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), sql.savepoint():
            sql.run(statement)


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.journal (a int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.hpts_admits(uuid, int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET session_replication_role = replica",
        "SET ROLE postgres",
        "SELECT hpts_admits('{tenant}')",
        "GRANT hpts_app TO PUBLIC",
    ],
)
async def test_the_application_role_makes_nothing_of_its_own(sql: PlainSql, statement: str) -> None:
    [(tenant_id,)] = sql.run("SELECT tenant_id FROM tenants")
    sql.become_application([str(tenant_id)])
    with pytest.raises(
        (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject, psycopg.errors.InvalidParameterValue)
    ):
        sql.run(statement.format(tenant=tenant_id))


def test_the_application_role_makes_no_temporary_tables(databases: Databases) -> None:
    with databases.empty("postgresql") as url:
        migrate_schema(url)
        with psycopg.connect(url) as connection:
            connection.execute("SET ROLE hpts_app")
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="temporary"):
                connection.execute("CREATE TEMP TABLE journal_entries (line_count integer)")


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_temporary_table_does_not_stand_in_for_the_journal(sql: PlainSql) -> None:
    """Where the database lets everybody make temporary tables, as a copy of a migrated one does."""
    tenant_id, entry_id = new_id(), new_id()
    sql.run(
        "CREATE TEMP TABLE journal_entries AS SELECT ?::uuid AS tenant_id, ?::uuid AS journal_entry_id, 1 AS line_count",
        tenant_id,
        entry_id,
    )
    with pytest.raises(psycopg.errors.CheckViolation):
        insert_lines(sql, [line(tenant_id, entry_id, 1, "DR", 5), line(tenant_id, entry_id, 2, "CR", 5)])


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_an_entry_without_its_lines_is_refused(sql: PlainSql) -> None:
    tenant_id = new_id()
    sql.become_application([tenant_id])
    with pytest.raises(psycopg.errors.CheckViolation, match="has no lines"):
        insert(sql, "journal_entries", ENTRY_COLUMNS, entry(tenant_id, new_id(), 2))


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_young_idempotency_keys_are_not_forgotten(sql: PlainSql) -> None:
    """Whoever asks, and for whichever moment; nor are those of a tenant that the connection is not admitted to."""
    [(tenant_id,)] = sql.run("SELECT tenant_id FROM tenants")
    key = "INSERT INTO idempotency_keys VALUES (?, ?, 'hash', 'body', now() - ?::interval)"
    other_id = new_id()
    for owner, name, age in (
        (tenant_id, "young", "23 hours 59 minutes"),
        (tenant_id, "old", "24 hours 1 second"),
        (other_id, "old", "2 years"),
    ):
        sql.run(key, owner, name, age)
    sql.become_application([str(tenant_id)])
    assert sql.run("SELECT hpts_forget_keys(?::uuid, now() + interval '1 year')", other_id) == [(0,)]
    sql.run("SELECT hpts_forget_keys(?::uuid, now() + interval '1 year')", tenant_id)
    assert sql.run("SELECT key FROM idempotency_keys WHERE key IN ('old', 'young')") == [("young",)]


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_the_application_role_reads_the_secrets_that_it_needs(sql: PlainSql) -> None:
    sql.run("INSERT INTO secrets VALUES ('of_somebody_else', 'secret')")
    sql.become_application([])
    assert sql.run("SELECT name FROM secrets") == [("page_token",)]


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_run_is_kept_for_a_tenant_with_postings_only(sql: PlainSql) -> None:
    [(tenant_id,)] = sql.run("SELECT tenant_id FROM tenants")
    unknown_id = new_id()
    sql.become_application([str(tenant_id), unknown_id])
    for each in (tenant_id, unknown_id, new_id()):
        sql.run("SELECT hpts_keep_run(?::uuid, '2026-03-01', gen_random_uuid(), now() + interval '1 year', '{}')", each)
    assert sql.run("SELECT tenant_id, checked_at < now() + interval '2 minutes' FROM reconciliation_runs") == [(tenant_id, True)]


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_the_application_role_owns_nothing(sql: PlainSql) -> None:
    assert sql.run("SELECT tablename FROM pg_tables WHERE tableowner = 'hpts_app'") == []
