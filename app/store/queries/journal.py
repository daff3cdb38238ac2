"""The journal as it is read: one entry with its lines, and a loan's history, newest posting first.

Ids of entries are in the order of posting, so that they are the cursor of a page. A page is two statements: its entries with what
reverses them, then the lines of all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, bindparam, select, union_all

from app import limits
from app.store.tables import journal_entries, journal_lines, loans


@dataclass(frozen=True, slots=True)
class JournalLineView:
    sequence: int
    account_code: str
    direction: str
    amount_minor: int
    currency: str
    layer: str
    loan_id: str | None
    borrower_id: str | None
    external_ref: str | None


@dataclass(frozen=True, slots=True)
class JournalEntryView:
    """`has_more_lines` when lines follow the last one given, `is_truncated` when only one loan's lines are given."""

    journal_entry_id: str
    event_id: str
    event_type: str
    effective_at: date
    posted_at: datetime
    line_count: int
    correlation_id: str
    actor: str
    reverses_entry_id: str | None
    reversed_by_entry_id: str | None
    description: str | None
    details: Mapping[str, Any] | None
    idempotency_key: str | None
    lines: tuple[JournalLineView, ...] = ()
    has_more_lines: bool = False
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Dates are inclusive and on the effective date; None leaves that side open."""

    from_date: date | None = None
    to_date: date | None = None
    event_type: str | None = None


_entries: Final = journal_entries.alias("entry")
_reversals: Final = journal_entries.alias("reversal")
_LINE_COLUMNS: Final = tuple(journal_lines.c[field.name] for field in fields(JournalLineView))
_ENTRY_COLUMNS: Final = tuple(_entries.c[field.name] for field in fields(JournalEntryView) if field.name in _entries.c)
_ENTRIES: Final = (
    select(*_ENTRY_COLUMNS, _reversals.c.journal_entry_id.label("reversed_by_entry_id"))
    .outerjoin(
        _reversals,
        and_(_reversals.c.tenant_id == _entries.c.tenant_id, _reversals.c.reverses_entry_id == _entries.c.journal_entry_id),
    )
    .where(_entries.c.tenant_id == bindparam("tenant_id"))
)
_NEWEST_FIRST: Final = _entries.c.journal_entry_id.desc()
_ENTRY: Final = _ENTRIES.where(_entries.c.journal_entry_id == bindparam("entry_id"))
_LINES_OF_ENTRY: Final = (
    select(*_LINE_COLUMNS)
    .where(
        journal_lines.c.tenant_id == bindparam("tenant_id"),
        journal_lines.c.journal_entry_id == bindparam("entry_id"),
        journal_lines.c.sequence > bindparam("after_sequence"),
    )
    .order_by(journal_lines.c.sequence)
    .limit(bindparam("limit"))
)
_LINES = select(journal_lines.c.journal_entry_id, *_LINE_COLUMNS).where(journal_lines.c.tenant_id == bindparam("tenant_id"))
_LINES_OF_HISTORY: Final = union_all(
    _LINES.where(journal_lines.c.journal_entry_id.in_(bindparam("complete", expanding=True))),
    _LINES.where(
        journal_lines.c.journal_entry_id.in_(bindparam("truncated", expanding=True)),
        journal_lines.c.loan_id == bindparam("loan_id"),
    ),
).order_by("journal_entry_id", "sequence")
_LOAN: Final = select(loans.c.loan_id).where(loans.c.tenant_id == bindparam("tenant_id"), loans.c.loan_id == bindparam("loan_id"))


def entry_with_lines(
    connection: Connection, tenant_id: str, entry_id: str, after_sequence: int, limit: int
) -> JournalEntryView | None:
    """The entry with at most `limit` of its lines, those after a sequence number."""
    key = {"tenant_id": tenant_id, "entry_id": entry_id}
    row = connection.execute(_ENTRY, key).one_or_none()
    if row is None:
        return None
    page = key | {"after_sequence": after_sequence, "limit": limit + 1}
    lines = [JournalLineView(*line) for line in connection.execute(_LINES_OF_ENTRY, page)]
    return _entry_view(row, lines[:limit], has_more_lines=len(lines) > limit)


def loan_entries(
    connection: Connection, tenant_id: str, loan_id: str, matching: HistoryFilter, before: str | None, limit: int
) -> list[JournalEntryView] | None:
    """At most `limit` entries posted before the entry `before`, newest first; None for a loan that the tenant does not have."""
    filters = {"before": before, **{field.name: getattr(matching, field.name) for field in fields(matching)}}
    given = {name: value for name, value in filters.items() if value is not None}
    key = {"tenant_id": tenant_id, "loan_id": loan_id}
    rows = connection.execute(_history(frozenset(given)), key | given | {"limit": limit}).all()
    if not rows and connection.execute(_LOAN, key).one_or_none() is None:
        return None
    truncated = [row.journal_entry_id for row in rows if row.line_count > limits.HISTORY_LINES]
    complete = [row.journal_entry_id for row in rows if row.line_count <= limits.HISTORY_LINES]
    lines = _lines_of(connection.execute(_LINES_OF_HISTORY, key | {"complete": complete, "truncated": truncated}))
    return [_entry_view(row, lines[row.journal_entry_id], is_truncated=row.journal_entry_id in truncated) for row in rows]


def _lines_of(rows: Iterable[Sequence[Any]]) -> Mapping[str, list[JournalLineView]]:
    """The lines of each entry, in their sequence."""
    lines: dict[str, list[JournalLineView]] = defaultdict(list)
    for entry_id, *line in rows:
        lines[entry_id].append(JournalLineView(*line))
    return lines


def _entry_view(
    row: Row[*tuple[Any, ...]], lines: Sequence[JournalLineView], *, has_more_lines: bool = False, is_truncated: bool = False
) -> JournalEntryView:
    return JournalEntryView(**row._mapping, lines=tuple(lines), has_more_lines=has_more_lines, is_truncated=is_truncated)


@lru_cache
def _history(given: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """Walks the loan's lines backwards, in the order of their index, until `limit` entries match the filters that are given."""
    line = journal_lines.c
    conditions = {
        "before": line.journal_entry_id < bindparam("before"),
        "from_date": line.effective_at >= bindparam("from_date"),
        "to_date": line.effective_at <= bindparam("to_date"),
        "event_type": journal_entries.c.event_type == bindparam("event_type"),
    }
    ids = select(line.journal_entry_id)
    if "event_type" in given:
        same = and_(journal_entries.c.tenant_id == line.tenant_id, journal_entries.c.journal_entry_id == line.journal_entry_id)
        ids = ids.join(journal_entries, same)
    page = (
        ids.where(line.tenant_id == bindparam("tenant_id"), line.loan_id == bindparam("loan_id"))
        .where(*(condition for name, condition in conditions.items() if name in given))
        .distinct()
        .order_by(line.journal_entry_id.desc())
        .limit(bindparam("limit"))
        .subquery("page")
    )
    return _ENTRIES.join(page, page.c.journal_entry_id == _entries.c.journal_entry_id).order_by(_NEWEST_FIRST)
