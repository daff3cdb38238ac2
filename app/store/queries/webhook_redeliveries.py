"""Asking for entries again: all their attempts start anew, and entries from before the endpoint's start are added to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Integer, and_, case, exists, func, insert, literal, not_, select, update

from app.clock import microseconds
from app.ids import first_uuid7_of
from app.store.queries.commit_order import is_after
from app.store.queries.webhook_endpoints import EndpointPlace, is_wanted
from app.store.tables import Id, UtcTimestamp, journal_entries, webhook_deliveries, webhook_endpoints

_entry: Final = journal_entries.c
_delivery: Final = webhook_deliveries.c
_endpoint: Final = webhook_endpoints.c
_NEW_ROUND: Final = {"status": "pending", "round_attempts": 0}


def entry_exists(connection: Connection, tenant_id: str, entry_id: str) -> bool:
    asked = select(_entry.journal_entry_id).where(_entry.tenant_id == tenant_id, _entry.journal_entry_id == entry_id)
    return connection.execute(asked).one_or_none() is not None


def redeliver_entry(connection: Connection, tenant_id: str, endpoint: EndpointPlace, entry_id: str, now: datetime) -> int:
    """How many entries are sent again: none when the endpoint does not want it. The endpoint is locked by the caller."""
    return _redeliver(connection, tenant_id, endpoint, (_entry.journal_entry_id == entry_id,), now)


def redeliver_range(
    connection: Connection, tenant_id: str, endpoint: EndpointPlace, posted_from: datetime, posted_to: datetime, now: datetime
) -> int:
    """The same for the entries that were posted between two moments, both inclusive."""
    between = (
        _entry.journal_entry_id >= first_uuid7_of(max(microseconds(posted_from), 0)),
        _entry.journal_entry_id < first_uuid7_of(max(microseconds(posted_to) + 1, 0)),
    )
    return _redeliver(connection, tenant_id, endpoint, between, now)


def start_new_round(connection: Connection, tenant_id: str, endpoint_id: str, now: datetime) -> None:
    """Makes all pending entries due, with all their attempts before them."""
    is_pending = (*_of_endpoint(tenant_id, endpoint_id), _delivery.next_attempt_at.is_not(None))
    connection.execute(update(webhook_deliveries).where(*is_pending).values(round_attempts=0, next_attempt_at=now))
    change = update(webhook_endpoints).where(_endpoint.tenant_id == tenant_id, _endpoint.webhook_endpoint_id == endpoint_id)
    connection.execute(change.values(failing_entries=0, failing_since=None))


def _redeliver(connection: Connection, tenant_id: str, endpoint: EndpointPlace, which: Sequence[Any], now: datetime) -> int:
    wanted = select(_entry.journal_entry_id).where(_entry.tenant_id == tenant_id, *which, is_wanted(endpoint.event_types))
    count = int(connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0)
    _count_again(connection, tenant_id, endpoint.webhook_endpoint_id, wanted)
    rows = (*_of_endpoint(tenant_id, endpoint.webhook_endpoint_id), _delivery.journal_entry_id.in_(wanted))
    connection.execute(update(webhook_deliveries).where(*rows).values(**_NEW_ROUND, next_attempt_at=now))
    _add_earlier(connection, tenant_id, endpoint, wanted, now)
    return count


def _count_again(connection: Connection, tenant_id: str, endpoint_id: str, wanted: Any) -> None:
    """The endpoint's counts as they are once its rows of the entries are pending, and none of them is failing."""
    is_delivered, is_pending = _delivery.status == "delivered", _delivery.status == "pending"
    is_failing = and_(is_pending, _delivery.round_attempts > 0)
    sums = [func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in (is_delivered, not_(is_pending), is_failing)]
    rows = (*_of_endpoint(tenant_id, endpoint_id), _delivery.journal_entry_id.in_(wanted))
    delivered, ended, failing = (int(each) for each in connection.execute(select(*sums).where(*rows)).one())
    change = update(webhook_endpoints).where(_endpoint.tenant_id == tenant_id, _endpoint.webhook_endpoint_id == endpoint_id)
    connection.execute(
        change.values(
            delivered_entries=_endpoint.delivered_entries - delivered,
            pending_entries=_endpoint.pending_entries + ended,
            failing_entries=_endpoint.failing_entries - failing,
        )
    )


def _add_earlier(connection: Connection, tenant_id: str, endpoint: EndpointPlace, wanted: Any, now: datetime) -> None:
    """Entries from before the endpoint's start get a row; those after it that have none are waiting for their turn."""
    has_row = exists().where(
        *_of_endpoint(tenant_id, endpoint.webhook_endpoint_id), _delivery.journal_entry_id == _entry.journal_entry_id
    )
    earlier = wanted.where(not_(is_after(connection.dialect.name, *endpoint.start)), ~has_row)
    row = {
        "tenant_id": literal(tenant_id, Id),
        "webhook_endpoint_id": literal(endpoint.webhook_endpoint_id, Id),
        "journal_entry_id": _entry.journal_entry_id,
        "status": literal("pending"),
        "attempt_count": literal(0, Integer),
        "round_attempts": literal(0, Integer),
        "next_attempt_at": literal(now, UtcTimestamp()),
    }
    added = connection.execute(
        insert(webhook_deliveries).from_select(list(row), earlier.with_only_columns(*row.values()))
    ).rowcount
    change = update(webhook_endpoints).where(
        _endpoint.tenant_id == tenant_id, _endpoint.webhook_endpoint_id == endpoint.webhook_endpoint_id
    )
    connection.execute(change.values(pending_entries=_endpoint.pending_entries + added))


def _of_endpoint(tenant_id: str, endpoint_id: str) -> tuple[Any, ...]:
    return _delivery.tenant_id == tenant_id, _delivery.webhook_endpoint_id == endpoint_id
