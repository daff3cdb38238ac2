"""The one statement that writes a batch on PostgreSQL: every table's rows arrive as arrays, one array a column.

Columns of ids, numbers, dates and codes travel as one text in PostgreSQL's array notation, which costs the driver a tenth of what
encoding each value does. Columns that hold what a client wrote travel as true arrays: no text of theirs is ever put together.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Table, Uuid

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
)

_Encode = Callable[[Sequence[Any]], Any]
_WRITTEN: Final[tuple[tuple[Table, columns.Names], ...]] = (
    (journal_lines, columns.names(journal_lines)),
    (journal_entries, columns.names(journal_entries)),
    (idempotency_keys, columns.names(idempotency_keys)),
    (loans, columns.names(loans)),
    (loans, CHANGED_LOAN_COLUMNS),
    (loan_days, columns.names(loan_days)),
    (account_totals, columns.names(account_totals)),
    (account_days, columns.names(account_days)),
)
"""The tables and columns whose rows are the statement's parameters, in its order."""


def _unnested() -> list[str]:
    """`unnest($n::type[], …)` over the parameters of each of the tables written."""
    number, found = 0, []
    for table, names in _WRITTEN:
        arrays = []
        for column in (table.c[name] for name in names):
            number += 1
            cast = "" if columns.is_array_of_values(column) else "text::"
            arrays.append(f"${number}::{cast}{columns.array_type(column)}")
        found.append(f"unnest({', '.join(arrays)})")
    return found


def _insert(table: Table, rows: str, alias: str = "") -> str:
    target = f"{table.name} AS {alias}" if alias else table.name
    return f"INSERT INTO {target} ({columns.column_list(columns.names(table))}) SELECT * FROM {rows}"


def _add(table: Table, rows: str, other: str = "") -> str:
    """Rows whose amounts are added to those of the row that has their key already."""
    key = columns.column_list(columns.key_names(table))
    return f"""{_insert(table, rows, "had")}
        ON CONFLICT ({key}) DO UPDATE SET {columns.additions(columns.amount_names(table), "had")}{other}"""


def _write_statement() -> str:
    of_lines, of_entries, of_keys, of_opened, of_changed, of_days, of_totals, of_account_days = _unnested()
    key = columns.key_names(loans)
    changed = [name for name in CHANGED_LOAN_COLUMNS if name not in key]
    newest_accrual = "accrual_entry_id = coalesce(excluded.accrual_entry_id, had.accrual_entry_id)"
    return f"""WITH
    new_lines AS ({_insert(journal_lines, of_lines)}),
    new_entries AS ({_insert(journal_entries, of_entries)}),
    new_keys AS ({_insert(idempotency_keys, of_keys)}),
    opened AS ({_insert(loans, of_opened)}),
    updated AS (
        UPDATE loans AS had SET {", ".join(f"{name} = new.{name}" for name in changed)}
        FROM {of_changed} AS new ({columns.column_list(CHANGED_LOAN_COLUMNS)})
        WHERE {" AND ".join(f"had.{name} = new.{name}" for name in key)}),
    added_days AS ({_add(loan_days, of_days, f", last_posted_at = excluded.last_posted_at, {newest_accrual}")}),
    added_totals AS ({_add(account_totals, of_totals)}),
    added_account_days AS ({_add(account_days, of_account_days)})
    SELECT 1"""


def _as_ids(values: Sequence[str | None]) -> str:
    """PostgreSQL's notation of an array of ids, of which some columns miss some."""
    try:
        return "{" + ",".join(values) + "}"  # type: ignore[arg-type]
    except TypeError:
        return "{" + ",".join([value or "NULL" for value in values]) + "}"


def _as_text(values: Sequence[Any]) -> str:
    """The same for numbers, dates and codes: none is missing, and none needs quoting."""
    if len(values) > 1 and values.count(values[0]) == len(values):
        return "{" + ",".join([str(values[0])] * len(values)) + "}"
    return "{" + ",".join(map(str, values)) + "}"


def _as_values(values: Sequence[Any]) -> Sequence[Any]:
    return values


def _encoders(table: Table, names: columns.Names) -> tuple[_Encode, ...]:
    found: list[_Encode] = []
    for column in (table.c[name] for name in names):
        if columns.is_array_of_values(column):
            found.append(_as_values)
        else:
            found.append(_as_ids if isinstance(column.type, Uuid) else _as_text)
    return tuple(found)


WRITE: Final = _write_statement()
_ENCODERS: Final = tuple(_encoders(table, names) for table, names in _WRITTEN)


def write_arguments(tables: Iterable[Iterable[Sequence[Any]]]) -> list[Any]:
    """The arguments of `WRITE`: one for each column of the rows of each table, in the statement's order."""
    arguments: list[Any] = []
    for rows, encoders in zip(tables, _ENCODERS, strict=True):
        values: Iterable[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(encoders)
        arguments += [encode(column) for encode, column in zip(encoders, values, strict=True)]
    return arguments
