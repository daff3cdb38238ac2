"""Which entries an endpoint has had attempts for, which of them are due, and since when the oldest one waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select

from app.store.queries.commit_order import in_commit_order, is_after
from app.store.queries.webhook_endpoints import ENABLED
from app.store.tables import journal_entries, webhook_deliveries, webhook_endpoints

_entry: Final = journal_entries.c
_endpoint: Final = webhook_endpoints.c
_delivery: Final = webhook_deliveries.c
_ATTEMPTED: Final = webhook_deliveries.join(
    journal_entries, and_(_entry.tenant_id == _delivery.tenant_id, _entry.journal_entry_id == _delivery.journal_entry_id)
)


class DueEntry(NamedTuple):
    journal_entry_id: str
    event_type: str
    posted_at: datetime
    correlation_id: str
    attempt_count: int
    round_attempts: int


def due_entries(connection: Connection, tenant_id: str, endpoint_id: str, now: datetime, limit: int) -> list[DueEntry]:
    """The longest due first."""
    facts = (_entry.journal_entry_id, _entry.event_type, _entry.posted_at, _entry.correlation_id)
    due = (
        select(*facts, _delivery.attempt_count, _delivery.round_attempts)
        .select_from(_ATTEMPTED)
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


def oldest_pending(connection: Connection) -> datetime | None:
    """When the oldest entry was posted that is pending at an enabled endpoint of the tenants that the connection sees.

    The first entry after an endpoint's cursor counts whatever its type: a process that delivers passes over it at once. Two
    look-ups for each endpoint, whatever its backlog.
    """
    dialect = connection.dialect.name
    untried = (
        select(_entry.posted_at)
        .where(_entry.tenant_id == _endpoint.tenant_id, is_after(dialect, _endpoint.cursor_position, _endpoint.cursor_entry_id))
        .order_by(*in_commit_order(dialect))
        .limit(1)
    )
    attempted = (
        select(_entry.posted_at)
        .select_from(_ATTEMPTED)
        .where(*_of_endpoint(_endpoint.tenant_id, _endpoint.webhook_endpoint_id), _delivery.status == "pending")
        .order_by(_delivery.journal_entry_id)
        .limit(1)
    )
    firsts = [each.correlate(webhook_endpoints).scalar_subquery() for each in (untried, attempted)]
    rows = connection.execute(select(*firsts).where(_endpoint.status == ENABLED))
    return min((posted_at for row in rows for posted_at in row if posted_at is not None), default=None)


def _of_endpoint(tenant_id: Any, endpoint_id: Any) -> tuple[ColumnElement[bool], ...]:
    return _delivery.tenant_id == tenant_id, _delivery.webhook_endpoint_id == endpoint_id
