"""Attempts as they are recorded: many of many endpoints in one transaction, with the counts of each endpoint."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.store.queries.commit_order import Place
from app.store.queries.key_table import key_parameters, key_table
from app.store.queries.webhook_endpoints import DISABLED
from app.store.queries.webhook_leases import LeaseKey
from app.store.tables import webhook_deliveries, webhook_endpoints

_delivery: Final = webhook_deliveries.c
_endpoint: Final = webhook_endpoints.c
_COUNTED: Final = ("tried", "delivered", "pending", "failing")


@dataclass(frozen=True, slots=True)
class EndedAttempt:
    """`number` counts the attempts of the entry, `round_number` those since it was last asked for.

    `next_attempt_at` is None once the entry is delivered or failed for good; `disables` is for the endpoint.
    """

    lease: LeaseKey
    journal_entry_id: str
    number: int
    round_number: int
    started_at: datetime
    ended_at: datetime
    status: str
    next_attempt_at: datetime | None
    response_status: int | None
    error: str | None
    disables: bool


class DeliveryRow(NamedTuple):
    """What is kept of an entry at an endpoint, in the order of the table's columns after its key."""

    status: str
    attempt_count: int
    round_attempts: int
    first_attempt_at: datetime | None
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    response_status: int | None
    error: str | None

    @property
    def counts(self) -> Counter[str]:
        """As which the endpoint counts it."""
        is_failing = self.status == "pending" and self.round_attempts > 0
        return Counter(
            {"tried": 1, "delivered": self.status == "delivered", "pending": self.status == "pending", "failing": is_failing}
        )


@dataclass(slots=True)
class EndpointState:
    """What attempts change of an endpoint."""

    cursor: Place
    status: str
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure_entry_id: str | None
    last_failure_response_status: int | None
    last_failure_error: str | None
    failing_since: datetime | None


_NOT_TRIED: Final = DeliveryRow("waiting", 0, 0, None, None, None, None, None)
_STATE_COLUMNS: Final = (
    "status",
    "last_success_at",
    "last_failure_at",
    "last_failure_entry_id",
    "last_failure_response_status",
    "last_failure_error",
    "failing_since",
)


def record(connection: Connection, attempts: Sequence[EndedAttempt], cursors: Mapping[LeaseKey, Place]) -> set[LeaseKey]:
    """Returns the leases that others have taken over, whose attempts are not kept. The same attempts again change nothing."""
    leases = {*cursors, *(each.lease for each in attempts)}
    states = _lock(connection, leases)
    kept = sorted((each for each in attempts if each.lease in states), key=lambda each: each.ended_at)
    rows = _rows(connection, kept)
    changes: dict[LeaseKey, Counter[str]] = {lease: Counter() for lease in states}
    for attempt in kept:
        key = (*attempt.lease[:2], attempt.journal_entry_id)
        before = rows.get(key)
        rows[key] = _after(before, attempt)
        changes[attempt.lease].update(rows[key].counts)
        changes[attempt.lease].subtract(before.counts if before else Counter())
        _note(states[attempt.lease], attempt)
    for lease in states.keys() & cursors.keys():
        states[lease].cursor = max(states[lease].cursor, cursors[lease])
    _keep_rows(connection, rows)
    _keep_states(connection, states, changes)
    return leases - states.keys()


def _lock(connection: Connection, leases: Iterable[LeaseKey]) -> dict[LeaseKey, EndpointState]:
    """The endpoints that are still under these leases, in the order of their keys, so that no two lock each other out."""
    keys = key_table(connection.dialect.name, tenant_id="id", endpoint_id="id", owner="text", epoch="long")
    is_held = and_(
        _endpoint.tenant_id == keys.c.tenant_id,
        _endpoint.webhook_endpoint_id == keys.c.endpoint_id,
        _endpoint.lease_owner == keys.c.owner,
        _endpoint.lease_epoch == keys.c.epoch,
    )
    found = (
        select(
            *(_endpoint.tenant_id, _endpoint.webhook_endpoint_id, _endpoint.lease_owner, _endpoint.lease_epoch),
            *(_endpoint.cursor_position, _endpoint.cursor_entry_id),
            *(_endpoint[name] for name in _STATE_COLUMNS),
        )
        .join(keys, is_held)
        .order_by(_endpoint.tenant_id, _endpoint.webhook_endpoint_id)
        .with_for_update(of=webhook_endpoints)
    )
    rows = connection.execute(found, key_parameters(tuple(each) for each in leases))
    return {LeaseKey(*row[:4]): EndpointState(Place(*row[4:6]), *row[6:]) for row in rows}


def _rows(connection: Connection, attempts: Iterable[EndedAttempt]) -> dict[tuple[str, ...], DeliveryRow]:
    """What is kept already of these entries, by tenant, endpoint and entry."""
    keys = key_table(connection.dialect.name, tenant_id="id", endpoint_id="id", entry_id="id")
    is_same = and_(
        _delivery.tenant_id == keys.c.tenant_id,
        _delivery.webhook_endpoint_id == keys.c.endpoint_id,
        _delivery.journal_entry_id == keys.c.entry_id,
    )
    wanted = {(*each.lease[:2], each.journal_entry_id) for each in attempts}
    found = connection.execute(select(webhook_deliveries).join(keys, is_same), key_parameters(sorted(wanted)))
    return {tuple(row[:3]): DeliveryRow(*row[3:]) for row in found}


def _after(before: DeliveryRow | None, attempt: EndedAttempt) -> DeliveryRow:
    """What was asked for again after the attempt began is still due, whatever came of the attempt."""
    had = before or _NOT_TRIED
    is_asked_again = before is not None and before.next_attempt_at is not None and before.next_attempt_at > attempt.started_at
    row = DeliveryRow(
        "pending" if attempt.disables else attempt.status,
        attempt.number,
        attempt.round_number,
        had.first_attempt_at or attempt.started_at,
        attempt.started_at,
        attempt.next_attempt_at or (attempt.ended_at if attempt.disables else None),
        attempt.response_status,
        attempt.error,
    )
    if not is_asked_again:
        return row
    return row._replace(status="pending", round_attempts=had.round_attempts, next_attempt_at=had.next_attempt_at)


def _note(state: EndpointState, attempt: EndedAttempt) -> None:
    if attempt.status == "delivered":
        state.last_success_at, state.failing_since = attempt.ended_at, None
        return
    state.failing_since = state.failing_since or attempt.ended_at
    state.last_failure_at, state.last_failure_entry_id = attempt.ended_at, attempt.journal_entry_id
    state.last_failure_response_status, state.last_failure_error = attempt.response_status, attempt.error
    if attempt.disables:
        state.status = DISABLED


def _keep_rows(connection: Connection, rows: Mapping[tuple[str, ...], DeliveryRow]) -> None:
    if not rows:
        return
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(webhook_deliveries)
    changed = {name: insert.excluded[name] for name in DeliveryRow._fields}
    statement = insert.on_conflict_do_update(index_elements=list(webhook_deliveries.primary_key), set_=changed)
    names = [column.name for column in webhook_deliveries.columns]
    connection.execute(statement, [dict(zip(names, (*key, *row), strict=True)) for key, row in rows.items()])


def _keep_states(
    connection: Connection, states: Mapping[LeaseKey, EndpointState], changes: Mapping[LeaseKey, Counter[str]]
) -> None:
    if not states:
        return
    counts = {f"{name}_entries": _endpoint[f"{name}_entries"] + bindparam(f"more_{name}") for name in _COUNTED}
    state: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*_STATE_COLUMNS, "cursor_position", "cursor_entry_id")}
    statement = update(webhook_endpoints).where(
        _endpoint.tenant_id == bindparam("of_tenant"), _endpoint.webhook_endpoint_id == bindparam("of_endpoint")
    )
    connection.execute(
        statement.values(counts | state),
        [
            {"of_tenant": lease.tenant_id, "of_endpoint": lease.webhook_endpoint_id}
            | {f"more_{name}": changes[lease][name] for name in _COUNTED}
            | {f"new_{name}": getattr(each, name) for name in _STATE_COLUMNS}
            | {"new_cursor_position": each.cursor.position, "new_cursor_entry_id": each.cursor.entry_id}
            for lease, each in states.items()
        ],
    )
