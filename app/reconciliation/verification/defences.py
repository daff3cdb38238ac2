"""The database's own defences as the migrations made them: triggers, row-level security, and rights of the application's role."""

from typing import Final

from sqlalchemy import Connection, text

from app.reconciliation.verification.deviations import Deviation

SQLITE_TRIGGERS: Final = (
    "journal_entries_no_update",
    "journal_entries_no_delete",
    "journal_entries_no_replace",
    "journal_entries_reversed_once",
    "journal_entries_balanced",
    "journal_entries_whole",
    "journal_lines_no_update",
    "journal_lines_no_delete",
    "journal_lines_no_replace",
    "journal_lines_sealed",
    "idempotency_keys_no_update",
    "idempotency_keys_no_replace",
)
POSTGRESQL_DEFENCES: Final = (
    *(f"trigger {name}" for name in ("journal_entries append_only", "journal_entries complete")),
    *(f"trigger {name}" for name in ("journal_lines append_only", "journal_lines balanced")),
)
SECURED: Final = ("journal_entries", "journal_lines", "loans", "loan_days", "account_totals", "account_days")
SECURED_FOR_OTHERS: Final = ("idempotency_keys", "former_keys", "reconciliation_runs", "tenants", "secrets")
_FOUND: Final = text("""
    SELECT 'trigger ' || relname || ' ' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
    UNION ALL SELECT 'row-level security ' || relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity
    UNION ALL SELECT 'policy ' || tablename || ' ' || policyname FROM pg_policies""")
_RIGHTS: Final = text("""
    SELECT relname || ' ' || privilege
    FROM pg_class, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
        AND has_table_privilege('hpts_app', pg_class.oid, privilege)""")
INSERTED: Final = (*SECURED, "idempotency_keys")


def missing_defences(connection: Connection) -> list[Deviation]:
    """What is not there, or switched off, and rights that the application's role has beyond its own."""
    if connection.dialect.name == "sqlite":
        found = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
        return [Deviation(f"trigger {name}", "", "in force") for name in SQLITE_TRIGGERS if name not in found]
    found = set(connection.execute(_FOUND).scalars())
    expected = [
        *POSTGRESQL_DEFENCES,
        *(f"row-level security {table}" for table in (*SECURED, *SECURED_FOR_OTHERS)),
        *(f"policy {table} {'needed' if table == 'secrets' else 'tenant'}" for table in (*SECURED, *SECURED_FOR_OTHERS)),
    ]
    rights = set(connection.execute(_RIGHTS).scalars())
    granted = {f"{table} INSERT" for table in INSERTED}
    return [
        *(Deviation(name, "", "in force") for name in expected if name not in found),
        *(Deviation(f"right of hpts_app: {name}", "granted", "") for name in sorted(rights - granted)),
        *(Deviation(f"right of hpts_app: {name}", "", "granted") for name in sorted(granted - rights)),
    ]
