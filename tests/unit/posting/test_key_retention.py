"""Keys older than the retention are forgotten, each tenant's under that tenant alone."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, insert, select

from app.posting.key_retention import KeyRetention
from app.store.tables import idempotency_keys, tenants
from tests.support.events import noon
from tests.unit.ledger.support import OTHER_TENANT, TENANT


class MemoryTables:
    """Two tables in memory; keeps the tenants that each query was allowed to see."""

    def __init__(self) -> None:
        self.engine = create_engine("sqlite://")
        self.seen: list[tuple[str, Sequence[str]]] = []
        for table in (tenants, idempotency_keys):
            table.create(self.engine)

    def add(self, tenant_id: str, *made: tuple[str, datetime]) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(tenants).values(tenant_id=tenant_id))
            for key, created_at in made:
                row = {"tenant_id": tenant_id, "key": key, "request_hash": b"", "response_body": b"", "created_at": created_at}
                connection.execute(insert(idempotency_keys).values(row))

    def keys(self) -> list[str]:
        with self.engine.begin() as connection:
            return list(connection.execute(select(idempotency_keys.c.key).order_by(idempotency_keys.c.key)).scalars())

    async def read(self, tenant_ids: Sequence[str], query: Callable[[Connection], Any]) -> Any:
        self.seen.append(("read", tenant_ids))
        with self.engine.connect() as connection:
            return query(connection)

    async def write(self, tenant_ids: Sequence[str], query: Callable[[Connection], Any]) -> Any:
        self.seen.append(("write", tenant_ids))
        with self.engine.begin() as connection:
            return query(connection)


@pytest.fixture
def store() -> Iterator[Any]:
    """Two tenants with keys of thirty days ago, of a second before and after, and of now."""
    made = MemoryTables()
    moment = noon() - timedelta(days=30)
    second = timedelta(seconds=1)
    made.add(TENANT, ("older", moment - second), ("exact", moment), ("newer", moment + second))
    made.add(OTHER_TENANT, ("other's older", moment - second), ("other's oldest", moment - 9 * second), ("other's new", noon()))
    yield made
    made.engine.dispose()


async def test_keys_older_than_the_retention_are_forgotten_and_counted_over_all_tenants(store: Any) -> None:
    assert await KeyRetention(store, noon, 30).forget_expired() == 3
    assert store.keys() == ["exact", "newer", "other's new"]
    assert await KeyRetention(store, noon, 30).forget_expired() == 0


async def test_the_keys_of_each_tenant_are_forgotten_under_that_tenant_alone(store: Any) -> None:
    await KeyRetention(store, noon, 30).forget_expired()
    assert store.seen == [("read", ()), ("write", [TENANT]), ("write", [OTHER_TENANT])]


async def test_a_shorter_retention_forgets_more_and_the_log_says_how_many(store: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="hpts.posting")
    assert await KeyRetention(store, noon, 1).forget_expired() == 5
    assert store.keys() == ["other's new"]
    assert caplog.messages == ["forgot 5 idempotency keys older than 1 days"]
