"""Deliveries of an endpoint as they are listed: entries with their attempts, and entries that wait, the newest posting first.

What waits has no row. Where little waits, all of it is read in commit order and sorted; where much does, the newest entries are
among it, and the journal is walked backwards from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, select

from app import limits
from app.ids import first_uuid7_of, microsecond_after
from app.store.queries.commit_order import Place, in_commit_order, is_after
from app.store.queries.webhook_endpoints import EndpointPlace, is_wanted
from app.store.tables import journal_entries, webhook_deliveries

PENDING: Final = "pending"
_HOUR_MICROSECONDS: Final = 3_600_000_000
"""Longer than the ids of a tenant can be out of the order of their commits."""
_TIME_ORDERED: Final = 7
_entry: Final = journal_entries.c
_delivery: Final = webhook_deliveries.c


@dataclass(frozen=True, slots=True)
class DeliveryView:
    journal_entry_id: str
    event_type: str
    status: str
    attempt_count: int = 0
    first_attempt_at: datetime | None = None
    last_attempt_at: datetime | None = None
    next_attempt_at: datetime | None = None
    response_status: int | None = None
    error: str | None = None


_VIEW_COLUMNS: Final = tuple(_delivery[field.name] for field in fields(DeliveryView)[2:])


def list_deliveries(
    connection: Connection, tenant_id: str, endpoint: EndpointPlace, status: str | None, before: str | None, limit: int
) -> list[DeliveryView]:
    """At most `limit` deliveries of entries posted before the entry `before`, of one status if one is given."""
    found = _with_attempts(connection, tenant_id, endpoint, status, before, limit)
    if status in (None, PENDING):
        found += _waiting(connection, tenant_id, endpoint, before, limit)
    return sorted(found, key=lambda each: each.journal_entry_id, reverse=True)[:limit]


def delivery_of(connection: Connection, tenant_id: str, endpoint: EndpointPlace, entry_id: str) -> DeliveryView | None:
    """None for an entry that is none of the endpoint's."""
    row = connection.execute(_attempted(tenant_id, endpoint).where(_delivery.journal_entry_id == entry_id)).one_or_none()
    if row is not None:
        return DeliveryView(*row)
    waiting = _entries_after(connection, tenant_id, endpoint, endpoint.start).where(_entry.journal_entry_id == entry_id)
    row = connection.execute(waiting).one_or_none()
    return None if row is None else _waits(row)


def _with_attempts(
    connection: Connection, tenant_id: str, endpoint: EndpointPlace, status: str | None, before: str | None, limit: int
) -> list[DeliveryView]:
    statement = _attempted(tenant_id, endpoint)
    if status is not None:
        statement = statement.where(_delivery.status == status)
    if before is not None:
        statement = statement.where(_delivery.journal_entry_id < before)
    page = statement.order_by(_delivery.journal_entry_id.desc()).limit(limit)
    return [DeliveryView(*row) for row in connection.execute(page)]


def _attempted(tenant_id: str, endpoint: EndpointPlace) -> Select[*tuple[Any, ...]]:
    is_same = and_(_entry.tenant_id == _delivery.tenant_id, _entry.journal_entry_id == _delivery.journal_entry_id)
    return (
        select(_delivery.journal_entry_id, _entry.event_type, *_VIEW_COLUMNS)
        .join(journal_entries, is_same)
        .where(_delivery.tenant_id == tenant_id, _delivery.webhook_endpoint_id == endpoint.webhook_endpoint_id)
    )


def _waiting(
    connection: Connection, tenant_id: str, endpoint: EndpointPlace, before: str | None, limit: int
) -> list[DeliveryView]:
    statement = _entries_after(connection, tenant_id, endpoint, endpoint.cursor).where(~_has_row(tenant_id, endpoint))
    in_order = in_commit_order(connection.dialect.name)
    first = connection.execute(statement.order_by(*in_order).limit(limits.WAITING_SORTED + 1)).all()
    if len(first) <= limits.WAITING_SORTED:
        earlier = [row for row in first if before is None or row[0] < before]
        return [_waits(row) for row in sorted(earlier, reverse=True)[:limit]]
    statement = statement.where(*_above(_floor(row[0] for row in first)))
    if before is not None:
        statement = statement.where(_entry.journal_entry_id < before)
    page = connection.execute(statement.order_by(_entry.journal_entry_id.desc()).limit(limit))
    return [_waits(row) for row in page]


def _waits(row: Row[str, str]) -> DeliveryView:
    return DeliveryView(row[0], row[1], PENDING)


def _entries_after(connection: Connection, tenant_id: str, endpoint: EndpointPlace, place: Place) -> Select[str, str]:
    return select(_entry.journal_entry_id, _entry.event_type).where(
        _entry.tenant_id == tenant_id, is_after(connection.dialect.name, *place), is_wanted(endpoint.event_types)
    )


def _has_row(tenant_id: str, endpoint: EndpointPlace) -> ColumnElement[bool]:
    return exists().where(
        _delivery.tenant_id == tenant_id,
        _delivery.webhook_endpoint_id == endpoint.webhook_endpoint_id,
        _delivery.journal_entry_id == _entry.journal_entry_id,
    )


def _floor(entry_ids: Any) -> str | None:
    """An id that is below all that waits, given the first in commit order; None when their ids hold no moment."""
    lowest = min(entry_ids)
    if UUID(lowest).version != _TIME_ORDERED:
        return None
    return first_uuid7_of(max(microsecond_after(lowest) - _HOUR_MICROSECONDS, 0))


def _above(floor: str | None) -> Sequence[ColumnElement[bool]]:
    return () if floor is None else (_entry.journal_entry_id >= floor,)
