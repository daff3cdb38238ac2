"""Walks of the journal: one index each, from the newest of a tenant's entries to the oldest, for one value or merged for several.

A walk is bounded by two ids, compared as one row with the indexed columns: a page that is deep in the journal begins where it
begins. PostgreSQL is led to the index by the order asked for, SQLite by its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from app.ledger.chart import PAYMENT_CLEARING

Values = Sequence[tuple[Any, ...]]
LINES_INDEXED: Final = 100
"""Only accruals and their reversals have more lines, and all those of their loans are on one account."""
DENSE_TYPE: Final = "payment_received"
"""Most entries are of this type, and have a line on DENSE_ACCOUNT: indexes of types and accounts leave them out."""
DENSE_ACCOUNT: Final = PAYMENT_CLEARING
_POSTED_ON: Final = {"postgresql": "CAST(d.posted_at AT TIME ZONE 'UTC' AS date)", "sqlite": "date(d.posted_at)"}


@dataclass(frozen=True, slots=True)
class Walk:
    """`columns` are the index's between the tenant and the entry, with PostgreSQL's types; `only` is the index's condition."""

    index: str
    table: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    only: str = ""


BY_TYPE: Final = Walk("journal_entries_type", "journal_entries", ("event_type",), ("text",), f"d.event_type <> '{DENSE_TYPE}'")
BY_ACTOR: Final = Walk("journal_entries_actor", "journal_entries", ("actor",), ("text",))
BY_CORRELATION: Final = Walk("journal_entries_correlation", "journal_entries", ("correlation_id",), ("uuid",))
BY_LATE_DAY: Final = Walk("journal_entries_day", "journal_entries", ("effective_at",), ("date",), "d.effective_at <> {posted_on}")
"""Entries of another day than that of their posting; all others are found by the moment that their ids hold."""
BY_REFERENCE: Final = Walk("journal_lines_reference", "journal_lines", ("external_ref",), ("text",), "d.external_ref IS NOT NULL")
BY_ACCOUNT: Final = Walk(
    "journal_lines_account",
    "journal_lines",
    ("account_code", "currency"),
    ("text", "text"),
    f"d.account_code <> '{DENSE_ACCOUNT}' AND (d.sequence <= {LINES_INDEXED} OR d.loan_id IS NULL)",
)


def condition_of(walk: Walk, dialect: str) -> str:
    """What the index is limited to; a query has to say it."""
    return walk.only.format(posted_on=_POSTED_ON[dialect]) or "true"


def walk_statement(walk: Walk | None, dialect: str) -> str:
    """The newest :scanned ids of a walk, or of all entries, between :low and :before, as `journal_entry_id`."""
    if walk is None:
        return """SELECT d.journal_entry_id FROM journal_entries AS d
            WHERE d.tenant_id = :tenant_id AND d.journal_entry_id < :before AND d.journal_entry_id >= :low
            ORDER BY d.journal_entry_id DESC LIMIT :scanned"""
    return _on_postgresql(walk) if dialect == "postgresql" else _on_sqlite(walk)


def walk_values(walk: Walk | None, values: Values, dialect: str) -> dict[str, Any]:
    """The parameters that hold the values of the walk's columns."""
    if walk is None:
        return {}
    if dialect == "postgresql":
        return {f"value_{number}": [value[number] for value in values] for number in range(len(walk.columns))}
    return {"values": orjson.dumps(values).decode()}


def _on_postgresql(walk: Walk) -> str:
    key = ", ".join(f"d.{column}" for column in (*walk.columns, "journal_entry_id"))
    names = [f"value_{number}" for number in range(len(walk.columns))]
    given = ", ".join(f"v.{name}" for name in names)
    arrays = ", ".join(f"CAST(:{name} AS {type_}[])" for name, type_ in zip(names, walk.types, strict=True))
    distinct = "DISTINCT" if walk.table == "journal_lines" else ""
    return f"""SELECT {distinct} found.journal_entry_id FROM unnest({arrays}) AS v ({", ".join(names)}) CROSS JOIN LATERAL (
            SELECT {distinct} {key} FROM {walk.table} AS d
            WHERE d.tenant_id = :tenant_id AND ({key}) < ({given}, :before) AND ({key}) >= ({given}, :low)
                AND {condition_of(walk, "postgresql")}
            ORDER BY {", ".join(f"{column} DESC" for column in key.split(", "))} LIMIT :scanned) AS found
        ORDER BY found.journal_entry_id DESC LIMIT :scanned"""


def _on_sqlite(walk: Walk) -> str:
    given = " AND ".join(f"d.{column} = v.value ->> {number}" for number, column in enumerate(walk.columns))
    return f"""SELECT DISTINCT e.journal_entry_id FROM json_each(:values) AS v CROSS JOIN journal_entries AS e
        WHERE e.tenant_id = :tenant_id AND e.journal_entry_id IN (
            SELECT DISTINCT d.journal_entry_id FROM {walk.table} AS d INDEXED BY {walk.index}
            WHERE d.tenant_id = :tenant_id AND {given} AND d.journal_entry_id < :before AND d.journal_entry_id >= :low
                AND {condition_of(walk, "sqlite")}
            ORDER BY d.journal_entry_id DESC LIMIT :scanned)
        ORDER BY e.journal_entry_id DESC LIMIT :scanned"""
