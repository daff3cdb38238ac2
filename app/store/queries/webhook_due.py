"""Which entries an endpoint has had attempts for, and which of them are due."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select

from app.store.tables import journal_entries, webhook_deliveries

_entry: Final = journal_entries.c
_delivery: Final = webhook_deliveries.c


class DueEntry(NamedTuple):
    journal_entry_id: str
    event_type: str
    posted_at: datetime
    correlation_id: str
    attempt_count: int
    round_attempts: int


def due_entries(connection: Connection, tenant_id: str, endpoint_id: str, now: datetime, limit: int) -> list[DueEntry]:
    """The longest due first."""
    is_same = and_(_entry.tenant_id == _delivery.tenant_id, _entry.journal_entry_id == _delivery.journal_entry_id)
    facts = (_entry.journal_entry_id, _entry.event_type, _entry.posted_at, _entry.correlation_id)
    due = (
        select(*facts, _delivery.attempt_count, _delivery.round_attempts)
        .select_from(webhook_deliveries.join(journal_entries, is_same))
        .where(*_of_endpoint(tenant_id, endpoint_id), _delivery.next_attempt_at <= now)
        .order_by(_delivery.next_attempt_at)
        .limit(limit)
    )
    return [DueEntry(*row) for row in connection.execute(due)]


def entries_with_row(connection: Connection, tenant_id: str, endpoint_id: str, entry_ids: Sequence[str]) -> frozenset[str]:
    """Those of the entries that have been attempted already, or are asked for again."""
    if not entry_ids:
        return frozenset()
    between = _delivery.journal_entry_id.between(min(entry_ids), max(entry_ids))
    found = select(_delivery.journal_entry_id).where(*_of_endpoint(tenant_id, endpoint_id), between)
    return frozenset(connection.execute(found).scalars())


def _of_endpoint(tenant_id: str, endpoint_id: str) -> tuple[ColumnElement[bool], ...]:
    return _delivery.tenant_id == tenant_id, _delivery.webhook_endpoint_id == endpoint_id
