"""The one statement that writes a batch on PostgreSQL: every table's rows arrive as arrays, one array a column.

Columns of ids, numbers, dates and codes travel as one text in PostgreSQL's array notation, which costs the driver a tenth of what
encoding each value does. Columns that hold what a client wrote travel as true arrays: no text of theirs is ever put together.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from app.store.phases import DAY_COLUMNS, ENTRY_COLUMNS, LINE_COLUMNS

WRITTEN_BY_CLIENTS = frozenset(("free", "jsonb", "bytea"))
"""Types whose values travel one by one; `free` is text that a client wrote, `text` is a code of ours."""
TENANT_TYPES = "uuid"
LINE_TYPES = "uuid uuid smallint date text text bigint text text uuid uuid free"
ENTRY_TYPES = "uuid uuid uuid text date timestamptz integer uuid free uuid free jsonb"
KEY_TYPES = "uuid free bytea bytea timestamptz"
OPENED_TYPES = "uuid uuid uuid text date date timestamptz bigint bigint bigint bigint"
UPDATED_TYPES = "date date timestamptz bigint bigint bigint bigint uuid uuid"
DAY_TYPES = "uuid uuid date timestamptz bigint bigint bigint bigint uuid"
TOTAL_TYPES = "uuid text text text smallint bigint bigint"
ACCOUNT_DAY_TYPES = "uuid text text text date smallint bigint bigint"
BALANCES = ("principal_minor", "interest_minor", "fees_minor", "suspense_minor")


class _Parameters:
    """Numbers the arrays of one statement."""

    def __init__(self) -> None:
        self._used = 0

    def rows(self, types: str) -> str:
        """`unnest($n::type[], …)` over the next parameters."""
        arrays = []
        for type_name in types.split():
            self._used += 1
            sql_type = "text" if type_name == "free" else type_name
            arrays.append(f"${self._used}::{'' if type_name in WRITTEN_BY_CLIENTS else 'text::'}{sql_type}[]")
        return f"unnest({', '.join(arrays)})"


def _write_statement() -> str:
    parameters = _Parameters()
    balances = ", ".join(BALANCES)
    add_sides = "dr_minor = had.dr_minor + excluded.dr_minor, cr_minor = had.cr_minor + excluded.cr_minor"
    return f"""WITH
    new_tenants AS (
        INSERT INTO tenants SELECT * FROM {parameters.rows(TENANT_TYPES)} ON CONFLICT DO NOTHING),
    new_lines AS (
        INSERT INTO journal_lines ({LINE_COLUMNS}) SELECT * FROM {parameters.rows(LINE_TYPES)}),
    new_entries AS (
        INSERT INTO journal_entries ({ENTRY_COLUMNS}) SELECT * FROM {parameters.rows(ENTRY_TYPES)}),
    new_keys AS (
        INSERT INTO idempotency_keys (tenant_id, key, request_hash, response_body, created_at)
        SELECT * FROM {parameters.rows(KEY_TYPES)}),
    opened AS (
        INSERT INTO loans (tenant_id, loan_id, borrower_id, currency, opened_on, last_effective_on, last_posted_at, {balances})
        SELECT * FROM {parameters.rows(OPENED_TYPES)}),
    updated AS (
        UPDATE loans AS had SET opened_on = new.opened_on, last_effective_on = new.last_on, last_posted_at = new.last_at,
            {", ".join(f"{name} = new.{name}" for name in BALANCES)}
        FROM {parameters.rows(UPDATED_TYPES)} AS new (opened_on, last_on, last_at, {balances}, tenant_id, loan_id)
        WHERE had.tenant_id = new.tenant_id AND had.loan_id = new.loan_id),
    added_days AS (
        INSERT INTO loan_days AS had ({DAY_COLUMNS}) SELECT * FROM {parameters.rows(DAY_TYPES)}
        ON CONFLICT (tenant_id, loan_id, effective_at) DO UPDATE SET last_posted_at = excluded.last_posted_at,
            {", ".join(f"{name} = had.{name} + excluded.{name}" for name in BALANCES)},
            accrual_entry_id = coalesce(excluded.accrual_entry_id, had.accrual_entry_id)),
    added_totals AS (
        INSERT INTO account_totals AS had (tenant_id, account_code, currency, layer, stripe, dr_minor, cr_minor)
        SELECT * FROM {parameters.rows(TOTAL_TYPES)}
        ON CONFLICT (tenant_id, account_code, currency, layer, stripe) DO UPDATE SET {add_sides}),
    added_account_days AS (
        INSERT INTO account_days AS had (tenant_id, account_code, currency, layer, effective_at, stripe, dr_minor, cr_minor)
        SELECT * FROM {parameters.rows(ACCOUNT_DAY_TYPES)}
        ON CONFLICT (tenant_id, account_code, currency, layer, effective_at, stripe) DO UPDATE SET {add_sides})
    SELECT 1"""


WRITE = _write_statement()


def arguments(table: Iterable[Sequence[Any]], types: str) -> list[Any]:
    """Rows as one argument of `WRITE` for each column."""
    names = types.split()
    columns: Iterable[Sequence[Any]] = list(zip(*table, strict=True)) or [()] * len(names)
    return [_notation(name, column) for name, column in zip(names, columns, strict=True)]


def _notation(type_name: str, values: Sequence[Any]) -> Any:
    if type_name in WRITTEN_BY_CLIENTS:
        return values
    return _ids(values) if type_name == "uuid" else _never_null(values)


def _never_null(values: Sequence[Any]) -> str:
    """PostgreSQL's notation of an array of numbers, dates or codes: none is missing, and none needs quoting."""
    if len(values) > 1 and values.count(values[0]) == len(values):
        return "{" + ",".join([str(values[0])] * len(values)) + "}"
    return "{" + ",".join(map(str, values)) + "}"


def _ids(values: Sequence[str | None]) -> str:
    """The same for ids, of which some columns miss some."""
    try:
        return "{" + ",".join(values) + "}"  # type: ignore[arg-type]
    except TypeError:
        return "{" + ",".join([value or "NULL" for value in values]) + "}"
