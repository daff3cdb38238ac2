"""Entries whose ids a statement gives, newest first, each with its first lines: together one statement, one round trip.

The lines of an entry are one JSON text: a page has hundreds, and as rows they would cost most of what the page costs.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Date, TextClause

from app import limits
from app.store.queries.journal import JournalEntryView, JournalLineView
from app.store.tables import Id, UtcTimestamp, journal_entries

_LINE: Final = ", ".join(f"l.{field.name}" for field in fields(JournalLineView))
_OF_ENTRY: Final = f"""l.tenant_id = e.tenant_id AND l.journal_entry_id = e.journal_entry_id
    AND l.sequence <= {limits.HISTORY_LINES}"""
_LINES: Final = {
    "postgresql": f"""(SELECT CAST(json_agg(json_build_array({_LINE}) ORDER BY l.sequence) AS text)
        FROM journal_lines AS l WHERE {_OF_ENTRY})""",
    "sqlite": f"""(SELECT json_group_array(json_array({_LINE.replace("l.", "")})) FROM (
        SELECT {_LINE} FROM journal_lines AS l WHERE {_OF_ENTRY} ORDER BY l.sequence))""",
}
_COLUMNS: Final = [field.name for field in fields(JournalEntryView)][:-3]
"""All but lines and what is told of them."""


def _column(name: str) -> str:
    if name == "reversed_by_entry_id":
        return "CAST(r.journal_entry_id AS text) AS reversed_by_entry_id"
    is_text = journal_entries.c[name].type is Id or name == "details"
    return f"CAST(e.{name} AS text) AS {name}" if is_text else f"e.{name}"


_SELECTED: Final = ", ".join(map(_column, _COLUMNS))
_LINE_COUNT: Final = _COLUMNS.index("line_count")
_DETAILS: Final = _COLUMNS.index("details")


def page_statement(ids: str, dialect: str) -> str:
    """The entries that the statement `ids` gives as `journal_entry_id`; both have the parameter `tenant_id`."""
    return f"""SELECT {_SELECTED}, {_LINES[dialect]} AS lines FROM ({ids}) AS wanted CROSS JOIN journal_entries AS e
        LEFT JOIN journal_entries AS r ON r.tenant_id = e.tenant_id AND r.reverses_entry_id = e.journal_entry_id
        WHERE e.tenant_id = :tenant_id AND e.journal_entry_id = wanted.journal_entry_id ORDER BY e.journal_entry_id DESC"""


def entry_views(connection: Connection, statement: TextClause, parameters: Mapping[str, Any]) -> list[JournalEntryView]:
    """`is_truncated` where an entry has more lines than are given."""
    typed = statement.columns(effective_at=Date, posted_at=UtcTimestamp)
    return [_view(list(row)) for row in connection.execute(typed, parameters)]


def _view(members: list[Any]) -> JournalEntryView:
    lines = tuple([JournalLineView(*line) for line in orjson.loads(members.pop() or "[]")])
    if members[_DETAILS] is not None:
        members[_DETAILS] = orjson.loads(members[_DETAILS])
    return JournalEntryView(*[*members, lines, False, members[_LINE_COUNT] > len(lines)])
