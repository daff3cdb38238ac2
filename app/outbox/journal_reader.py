"""Reads a tenant's entries in the order of their commits, after a place: each once, none skipped, whatever commits meanwhile.

Webhooks read so, and whatever else has to see every entry once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.store.queries.commit_order import Place, in_commit_order, is_after, is_settled, position_column
from app.store.tables import journal_entries


@dataclass(frozen=True, slots=True)
class CommittedEntry:
    """`place` is after the entry: the next read goes on from there."""

    place: Place
    journal_entry_id: str
    event_type: str
    posted_at: datetime
    correlation_id: str


def next_entries(connection: Connection, tenant_id: str, after: Place, limit: int) -> list[CommittedEntry]:
    """At most `limit` entries, in commit order; fewer when no more can be read yet."""
    dialect, entry = connection.dialect.name, journal_entries.c
    statement: Any = (
        select(position_column(dialect), entry.journal_entry_id, entry.event_type, entry.posted_at, entry.correlation_id)
        .where(entry.tenant_id == tenant_id, is_after(dialect, *after), is_settled(dialect))
        .order_by(*in_commit_order(dialect))
        .limit(limit)
    )
    return [CommittedEntry(Place(position, row[0]), *row) for position, *row in connection.execute(statement)]
