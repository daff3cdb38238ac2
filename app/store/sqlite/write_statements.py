"""The statements that write a batch on SQLite, one a table, each executed for many rows."""

from typing import Final

from sqlalchemy import Table

from app.store import columns
from app.store.rows import CHANGED_LOAN_COLUMNS
from app.store.tables import (
    account_days,
    account_totals,
    idempotency_keys,
    journal_entries,
    journal_lines,
    loan_days,
    loans,
    tenants,
)


def _insert(table: Table, verb: str = "INSERT") -> str:
    names = columns.names(table)
    return f"{verb} INTO {table.name} ({columns.column_list(names)}) VALUES ({columns.placeholders(names)})"


def _add(table: Table, other: str = "") -> str:
    """Rows whose amounts are added to those of the row that has their key already."""
    return f"{_insert(table)} ON CONFLICT DO UPDATE SET {columns.additions(columns.amount_names(table), table.name)}{other}"


def _update_loans() -> str:
    key = columns.key_names(loans)
    changed = ", ".join(f"{name} = ?" for name in CHANGED_LOAN_COLUMNS if name not in key)
    return f"UPDATE loans SET {changed} WHERE {' AND '.join(f'{name} = ?' for name in key)}"


INSERT_TENANTS: Final = _insert(tenants, "INSERT OR IGNORE")
INSERT_LINES: Final = _insert(journal_lines)
INSERT_ENTRIES: Final = _insert(journal_entries)
INSERT_KEYS: Final = _insert(idempotency_keys)
INSERT_LOANS: Final = _insert(loans)
UPDATE_LOANS: Final = _update_loans()
ADD_LOAN_DAYS: Final = _add(
    loan_days,
    ", last_posted_at = excluded.last_posted_at"
    ", accrual_entry_id = coalesce(excluded.accrual_entry_id, loan_days.accrual_entry_id)",
)
ADD_ACCOUNT_TOTALS: Final = _add(account_totals)
ADD_ACCOUNT_DAYS: Final = _add(account_days)
