"""Webhook endpoints as they are shown and administered; what is waiting for each is counted, never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
    update,
)

from app import limits
from app.store.queries.commit_order import Place, in_commit_order, is_after, is_settled, position_column
from app.store.tables import Id, journal_entries, webhook_endpoints

ENABLED: Final = "enabled"
DISABLED: Final = "disabled"
_LOCK_ENDPOINTS: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:tenant_id AS text), 3))")
"""Taken by whoever makes or enables an endpoint of the tenant, so that two at once do not both see room for one more."""
_endpoint: Final = webhook_endpoints.c
_OF_TENANT: Final = _endpoint.tenant_id == bindparam("tenant_id")


@dataclass(frozen=True, slots=True)
class LastFailure:
    """An attempt that failed; `error` where there was no answer."""

    at: datetime
    journal_entry_id: str
    response_status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class EndpointView:
    """`waiting_entries` have not been attempted yet; of those with attempts so many are delivered, pending, and failing."""

    webhook_endpoint_id: str
    url: str
    event_types: Sequence[str] | None
    description: str | None
    status: str
    created_at: datetime
    delivered_entries: int
    pending_entries: int
    failing_entries: int
    last_success_at: datetime | None
    waiting_entries: int
    last_failure: LastFailure | None

    @property
    def is_failing(self) -> bool:
        """Whether an attempt failed whose entry is still pending, and the endpoint goes on."""
        return self.status == ENABLED and self.failing_entries > 0


@dataclass(frozen=True, slots=True)
class EndpointPlace:
    """What deciding about an endpoint's entries needs: its event types and its places in the commit order."""

    webhook_endpoint_id: str
    event_types: Sequence[str] | None
    start: Place
    cursor: Place
    counted: Place
    counted_entries: int


@dataclass(frozen=True, slots=True)
class StoredSecrets:
    """Encrypted."""

    secret: bytes
    previous_secret: bytes | None
    previous_secret_expires_at: datetime | None


_FAILURE_COLUMNS: Final = tuple(_endpoint[f"last_failure_{name}"] for name in ("at", "entry_id", "response_status", "error"))
_VIEW_COLUMNS: Final = tuple(_endpoint[field.name] for field in fields(EndpointView) if field.name in _endpoint)
_SECRET_COLUMNS: Final = tuple(_endpoint[field.name] for field in fields(StoredSecrets))


def endpoint_views(
    connection: Connection, tenant_id: str, limit: int, endpoint_id: str | None = None, before: str | None = None
) -> list[EndpointView]:
    """The newest endpoints first: at most `limit`, those made before another one, or the single one that is named.

    One statement, so that all counts of an endpoint are of one moment.
    """
    statement = _views(connection.dialect.name, endpoint_id is not None, before is not None)
    given = {"tenant_id": tenant_id, "endpoint_id": endpoint_id, "before": before, "limit": limit}
    return [_view(row) for row in connection.execute(statement, given)]


def _view(row: Any) -> EndpointView:
    *members, at, entry_id, response_status, error = row
    members.append(None if at is None else LastFailure(at, entry_id, response_status, error))
    return EndpointView(*members)


@lru_cache
def _views(dialect: str, is_named: bool, is_later_page: bool) -> Select[*tuple[Any, ...]]:
    uncounted = (
        select(func.count())
        .select_from(journal_entries)
        .where(
            journal_entries.c.tenant_id == _endpoint.tenant_id,
            is_after(dialect, _endpoint.counted_position, _endpoint.counted_entry_id),
            _is_wanted_by_row(dialect),
        )
        .correlate(webhook_endpoints)
        .scalar_subquery()
    )
    waiting = _endpoint.counted_entries + uncounted - _endpoint.tried_entries
    statement = select(*_VIEW_COLUMNS, waiting, *_FAILURE_COLUMNS).where(_OF_TENANT)
    if is_named:
        statement = statement.where(_endpoint.webhook_endpoint_id == bindparam("endpoint_id", type_=Id))
    if is_later_page:
        statement = statement.where(_endpoint.webhook_endpoint_id < bindparam("before", type_=Id))
    return statement.order_by(_endpoint.webhook_endpoint_id.desc()).limit(bindparam("limit"))


def _is_wanted_by_row(dialect: str) -> ColumnElement[bool]:
    """Whether an entry is of an event type that the endpoint of the row wants."""
    types, event_type = _endpoint.event_types, journal_entries.c.event_type
    if dialect == "sqlite":
        each = func.json_each(types).table_valued("value", name="wanted")
        return or_(types.is_(None), exists().where(each.c.value == event_type))
    return or_(types.is_(None), func.jsonb_exists(types, event_type))


def is_wanted(event_types: Sequence[str] | None, entries: FromClause = journal_entries) -> ColumnElement[bool]:
    """Whether an entry is of one of the event types; None are all."""
    return true() if event_types is None else entries.c.event_type.in_(event_types)


def lock_endpoints(connection: Connection, tenant_id: str) -> int:
    """Keeps others from adding to the tenant's endpoints until the transaction ends; returns how many are not disabled."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_ENDPOINTS, {"tenant_id": tenant_id})
    enabled = select(func.count()).where(_OF_TENANT, _endpoint.status == ENABLED)
    return int(connection.scalar(enabled, {"tenant_id": tenant_id}) or 0)


def insert_endpoint(
    connection: Connection, tenant_id: str, place: EndpointPlace, facts: Mapping[str, Any], secret: bytes, now: datetime
) -> None:
    """`facts` are its url, and its description if it has one."""
    places = {
        f"{name}_{part}": value
        for name, found in (("start", place.start), ("cursor", place.cursor), ("counted", place.counted))
        for part, value in found._asdict().items()
    }
    counts = dict.fromkeys(("tried_entries", "delivered_entries", "pending_entries", "failing_entries", "lease_epoch"), 0)
    about = {"tenant_id": tenant_id, "webhook_endpoint_id": place.webhook_endpoint_id, "event_types": place.event_types}
    row = about | places | counts | {"counted_entries": place.counted_entries, "secret": secret, "created_at": now}
    if place.event_types is None:
        del row["event_types"]
    connection.execute(insert(webhook_endpoints), row | {"status": ENABLED, **facts})


def endpoint_place(connection: Connection, tenant_id: str, endpoint_id: str, *, locks: bool = False) -> EndpointPlace | None:
    """None for an endpoint that the tenant does not have; with `locks` nobody else changes it before the transaction ends."""
    places = [_endpoint[f"{name}_{part}"] for name in ("start", "cursor", "counted") for part in Place._fields]
    statement = select(_endpoint.event_types, _endpoint.counted_entries, *places).where(*_of_key(tenant_id, endpoint_id))
    row = connection.execute(statement.with_for_update() if locks else statement).one_or_none()
    if row is None:
        return None
    event_types, counted_entries, *values = row
    start, cursor, counted = (Place(*values[number : number + 2]) for number in (0, 2, 4))
    return EndpointPlace(endpoint_id, event_types, start, cursor, counted, counted_entries)


def set_status(connection: Connection, tenant_id: str, endpoint_id: str, status: str) -> bool:
    """Whether the status was another one. An enabled endpoint is free to be leased at once."""
    change = update(webhook_endpoints).where(*_of_key(tenant_id, endpoint_id), _endpoint.status != status)
    freed = {"lease_owner": None, "lease_expires_at": None} if status == ENABLED else {}
    return connection.execute(change.values(status=status, **freed)).rowcount > 0


def stored_secrets(connection: Connection, tenant_id: str, endpoint_id: str) -> StoredSecrets | None:
    row = connection.execute(select(*_SECRET_COLUMNS).where(*_of_key(tenant_id, endpoint_id))).one_or_none()
    return None if row is None else StoredSecrets(*row)


def all_secrets(connection: Connection) -> dict[tuple[str, str], StoredSecrets]:
    """By tenant and endpoint, of all tenants that the connection sees."""
    rows = connection.execute(select(_endpoint.tenant_id, _endpoint.webhook_endpoint_id, *_SECRET_COLUMNS))
    return {(tenant_id, endpoint_id): StoredSecrets(*secrets) for tenant_id, endpoint_id, *secrets in rows}


def keep_secrets(connection: Connection, tenant_id: str, endpoint_id: str, secrets: StoredSecrets) -> None:
    values = {field.name: getattr(secrets, field.name) for field in fields(StoredSecrets)}
    connection.execute(update(webhook_endpoints).where(*_of_key(tenant_id, endpoint_id)).values(values))


def tenants_with_endpoints(connection: Connection) -> list[str]:
    """In the order of their ids; on PostgreSQL by a function of the owner, since a connection sees its own tenants only."""
    if connection.dialect.name == "postgresql":
        tenants = select(func.hpts_tenants_with_endpoints(type_=Id))
    else:
        tenants = select(_endpoint.tenant_id).distinct()
    return sorted(connection.execute(tenants).scalars())


def counted_further(connection: Connection, tenant_id: str, endpoint: EndpointPlace) -> EndpointPlace | None:
    """The endpoint with a later `counted`, by `limits.COUNTED_AT_ONCE` entries; None when fewer are left to be counted."""
    dialect, entry = connection.dialect.name, journal_entries.c
    after = (entry.tenant_id == tenant_id, is_after(dialect, *endpoint.counted))
    last = (
        select(position_column(dialect), entry.journal_entry_id)
        .where(*after, is_settled(dialect))
        .order_by(*in_commit_order(dialect))
        .offset(limits.COUNTED_AT_ONCE - 1)
        .limit(literal_column("1"))
    )
    row = connection.execute(last).one_or_none()
    if row is None:
        return None
    counted = Place(*row)
    number = (
        select(func.count())
        .select_from(journal_entries)
        .where(*after, not_(is_after(dialect, *counted)), is_wanted(endpoint.event_types))
    )
    return replace(endpoint, counted=counted, counted_entries=endpoint.counted_entries + int(connection.scalar(number) or 0))


def keep_count(connection: Connection, tenant_id: str, before: EndpointPlace, after: EndpointPlace) -> None:
    """Unless another process has counted further meanwhile."""
    is_unchanged = and_(
        _endpoint.counted_position == before.counted.position, _endpoint.counted_entry_id == before.counted.entry_id
    )
    change = update(webhook_endpoints).where(*_of_key(tenant_id, before.webhook_endpoint_id), is_unchanged)
    values = {f"counted_{name}": value for name, value in after.counted._asdict().items()}
    connection.execute(change.values(values | {"counted_entries": after.counted_entries}))


def _of_key(tenant_id: str, endpoint_id: str) -> tuple[ColumnElement[bool], ...]:
    return _endpoint.tenant_id == tenant_id, _endpoint.webhook_endpoint_id == endpoint_id
