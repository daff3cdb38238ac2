"""The newest run of a date is the one that counts."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.ids import uuid7
from app.store.queries.reconciliation_runs import keep_run, newest_run
from app.store.store import Store
from tests.support.events import TODAY, Tenant, day, disbursement, new_id, noon

LATER = noon() + timedelta(minutes=5)


async def keep(store: Store, tenant_id: str, checked_at: datetime, result: dict[str, Any], run_id: str | None = None) -> None:
    run = partial(keep_run, tenant_id=tenant_id, as_of=TODAY, run_id=run_id or uuid7(checked_at), result=result)
    await store.write([tenant_id], partial(run, checked_at=checked_at))


@pytest.fixture
async def tenant_id(tenant: Tenant) -> str:
    """A tenant with a posting."""
    await tenant.post(disbursement(new_id()))
    return tenant.tenant_id


async def test_a_run_is_read_as_it_was_kept(store: Store, tenant_id: str) -> None:
    result = {"status": "ok", "nested": {"amounts": ["9223372036854775807", None, True]}}
    await keep(store, tenant_id, noon(), result)
    found = await store.read([tenant_id], partial(newest_run, tenant_id=tenant_id, as_of=TODAY))
    assert found == (noon(), result)


async def test_the_newest_run_is_the_one_with_the_greatest_id(store: Store, tenant_id: str) -> None:
    first, second = uuid7(noon()), uuid7(LATER)
    await keep(store, tenant_id, LATER, {"run": "second"}, second)
    await keep(store, tenant_id, noon(), {"run": "first"}, first)
    found = await store.read([tenant_id], partial(newest_run, tenant_id=tenant_id, as_of=TODAY))
    assert found == (LATER, {"run": "second"})


async def test_a_run_is_of_one_tenant_and_one_date(store: Store, tenant_id: str) -> None:
    other_id = new_id()
    await keep(store, tenant_id, noon(), {})
    for asked, as_of in ((other_id, TODAY), (tenant_id, day(-1)), (tenant_id, day(1))):
        query = partial(newest_run, tenant_id=asked, as_of=as_of)
        assert await store.read([tenant_id, other_id], query) is None
