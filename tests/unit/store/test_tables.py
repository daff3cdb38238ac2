"""Timestamps are moments in UTC on both engines, whichever zone they were given in."""

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select

from app.store.store import Store
from app.store.tables import idempotency_keys, is_written_by_clients, journal_entries
from tests.support.events import new_id

MOMENT = datetime(2026, 3, 31, 23, 59, 59, 123456, tzinfo=UTC)


def kept(connection: Connection, tenant_id: str, moment: datetime) -> datetime:
    row = {"tenant_id": tenant_id, "key": new_id(), "request_hash": b"", "response_body": b"", "created_at": moment}
    connection.execute(insert(idempotency_keys), row)
    found: datetime = connection.execute(
        select(idempotency_keys.c.created_at).where(idempotency_keys.c.key == row["key"])
    ).scalar_one()
    return found


@pytest.mark.parametrize("hours", [0, 14, -12])
async def test_a_moment_comes_back_in_utc(store: Store, hours: int) -> None:
    tenant_id, given = new_id(), MOMENT.astimezone(timezone(timedelta(hours=hours)))
    found = await store.write([tenant_id], partial(kept, tenant_id=tenant_id, moment=given))
    assert (found, found.tzinfo) == (MOMENT, UTC)


async def test_a_moment_that_is_missing_stays_missing(store: Store) -> None:
    """As the newest of no rows."""
    newest = select(idempotency_keys.c.created_at).where(idempotency_keys.c.key == new_id()).scalar_subquery()
    assert await store.read((), lambda connection: connection.scalar(select(newest))) is None


def test_a_column_knows_whether_clients_write_it() -> None:
    assert is_written_by_clients(journal_entries.c.actor)
    assert not is_written_by_clients(journal_entries.c.event_type)
