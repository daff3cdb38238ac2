"""Leases of webhook endpoints: who delivers to which, until when; they go by the database's clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Integer,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)

from app import clock
from app.store.queries.commit_order import Place, is_after, is_settled
from app.store.queries.key_table import key_parameters, key_table
from app.store.queries.webhook_endpoints import DISABLED, ENABLED
from app.store.tables import Id, UtcTimestamp, journal_entries, webhook_deliveries, webhook_endpoints

_endpoint: Final = webhook_endpoints.c
_UNATTENDED: Final = select(func.hpts_has_unattended_endpoint())
_CONTINUE_POSITIONS: Final = text("SELECT hpts_continue_positions()")


class LeaseKey(NamedTuple):
    """What a lease is known by; `epoch` is another one with each owner."""

    tenant_id: str
    webhook_endpoint_id: str
    owner: str
    epoch: int


class LeasedRow(NamedTuple):
    """An enabled endpoint under its lease; secrets are encrypted."""

    key: LeaseKey
    url: str
    event_types: Sequence[str] | None
    secret: bytes
    previous_secret: bytes | None
    previous_secret_expires_at: datetime | None
    cursor: Place
    failing_since: datetime | None


def has_unattended(connection: Connection) -> bool:
    """Whether an enabled endpoint of any tenant has no lease that is in force."""
    if connection.dialect.name == "postgresql":
        return bool(connection.scalar(_UNATTENDED))
    free = or_(_endpoint.lease_expires_at.is_(None), _endpoint.lease_expires_at <= clock.now())
    return bool(connection.scalar(select(exists().where(_endpoint.status == ENABLED, free))))


def claim(connection: Connection, owner: str, lease_seconds: float, limit: int) -> list[tuple[str, str]]:
    """Leases endpoints that are enabled and free; returns their tenants and ids."""
    if connection.dialect.name == "postgresql":
        claimed = func.hpts_claim_endpoints(owner, cast(lease_seconds, Float), cast(limit, Integer))
        columns = claimed.table_valued("claimed_tenant_id", "claimed_endpoint_id").c
        ids = select(cast(columns.claimed_tenant_id, Id), cast(columns.claimed_endpoint_id, Id))
        return [(tenant_id, endpoint_id) for tenant_id, endpoint_id in connection.execute(ids)]
    now = clock.now()
    is_free = or_(_endpoint.lease_expires_at.is_(None), _endpoint.lease_expires_at <= now)
    free = (
        select(_endpoint.tenant_id, _endpoint.webhook_endpoint_id)
        .where(_endpoint.status == ENABLED, is_free)
        .order_by(_endpoint.lease_expires_at.nulls_first())
        .limit(limit)
    )
    keys = [(row[0], row[1]) for row in connection.execute(free)]
    lease = {
        "lease_owner": owner,
        "lease_epoch": _endpoint.lease_epoch + 1,
        "lease_expires_at": now + timedelta(seconds=lease_seconds),
    }
    connection.execute(update(webhook_endpoints).where(_is_one_of(keys)).values(lease))
    return keys


def extend(connection: Connection, leases: Iterable[LeaseKey], lease_seconds: float) -> None:
    """Those of enabled endpoints that are still in force, and those that ran out and nobody else has claimed."""
    seconds = timedelta(seconds=lease_seconds)
    until: Any = clock.now() + seconds
    if connection.dialect.name == "postgresql":
        until = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, cast(lease_seconds, Float))
    statement = update(webhook_endpoints).where(_endpoint.status == ENABLED, _is_held(connection.dialect.name))
    connection.execute(statement.values(lease_expires_at=until), _parameters(leases))


def release(connection: Connection, leases: Iterable[LeaseKey]) -> None:
    statement = update(webhook_endpoints).where(_is_held(connection.dialect.name))
    connection.execute(statement.values(lease_owner=None, lease_expires_at=None), _parameters(leases))


def leased_rows(connection: Connection, keys: Sequence[tuple[str, str]]) -> list[LeasedRow]:
    """The endpoints with these tenants and ids that are enabled and leased by anybody."""
    columns = (
        *(_endpoint.tenant_id, _endpoint.webhook_endpoint_id, _endpoint.lease_owner, _endpoint.lease_epoch),
        *(_endpoint.url, _endpoint.event_types, _endpoint.secret),
        *(_endpoint.previous_secret, _endpoint.previous_secret_expires_at),
        *(_endpoint.cursor_position, _endpoint.cursor_entry_id, _endpoint.failing_since),
    )
    found = select(*columns).where(_is_one_of(keys), _endpoint.status == ENABLED, _endpoint.lease_owner.is_not(None))
    return [LeasedRow(LeaseKey(*row[:4]), *row[4:9], Place(*row[9:11]), row[11]) for row in connection.execute(found)]


def with_work(connection: Connection, read_to: Sequence[tuple[LeaseKey, Place]], now: datetime) -> list[int]:
    """The indexes of those that have an entry after the place, of any event type, or one whose next attempt is due."""
    dialect = connection.dialect.name
    keys = key_table(dialect, number="number", tenant_id="id", endpoint_id="id", position="long", entry_id="id")
    has_entry = exists().where(
        journal_entries.c.tenant_id == keys.c.tenant_id,
        is_after(dialect, keys.c.position, keys.c.entry_id),
        is_settled(dialect),
    )
    is_due = exists().where(
        webhook_deliveries.c.tenant_id == keys.c.tenant_id,
        webhook_deliveries.c.webhook_endpoint_id == keys.c.endpoint_id,
        webhook_deliveries.c.next_attempt_at <= literal(now, UtcTimestamp()),
    )
    numbered = ((number, key.tenant_id, key.webhook_endpoint_id, *place) for number, (key, place) in enumerate(read_to))
    found = connection.execute(select(keys.c.number).where(or_(has_entry, is_due)), key_parameters(numbered))
    return [number for (number,) in found]


def continue_positions(connection: Connection) -> None:
    """Makes positions go on where those in the database end, whatever server they come from."""
    if connection.dialect.name == "postgresql":
        connection.execute(_CONTINUE_POSITIONS)


def reset_after_restore(connection: Connection) -> int:
    """Disables every endpoint, since what was delivered after the backup is not known; returns how many were enabled.

    For the owner of the database, in the transaction that restored it.
    """
    continue_positions(connection)
    enabled = connection.scalar(select(func.count()).where(_endpoint.status == ENABLED))
    released = {"lease_owner": None, "lease_expires_at": None, "lease_epoch": _endpoint.lease_epoch + 1}
    connection.execute(update(webhook_endpoints).values(status=DISABLED, **released))
    return int(enabled or 0)


def _is_one_of(keys: Sequence[tuple[str, str]]) -> Any:
    return tuple_(_endpoint.tenant_id, _endpoint.webhook_endpoint_id).in_(keys)


def _is_held(dialect: str) -> ColumnElement[bool]:
    """Whether the endpoint of a row is under one of the leases that are the statement's parameters."""
    leases = key_table(dialect, tenant_id="id", endpoint_id="id", owner="text", epoch="long").c
    is_same = _endpoint.tenant_id == leases.tenant_id, _endpoint.webhook_endpoint_id == leases.endpoint_id
    return and_(*is_same, _endpoint.lease_owner == leases.owner, _endpoint.lease_epoch == leases.epoch)


def _parameters(leases: Iterable[LeaseKey]) -> dict[str, str]:
    return key_parameters(tuple(each) for each in leases)
