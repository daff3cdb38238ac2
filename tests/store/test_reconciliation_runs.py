"""When reconciliation runs, and which run is served, on both engines."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.reconcile.service import Reconciliation
from app.store.phases import Store, StoreUnavailable
from app.store.reading import ReadUnavailable
from app.store.tables import reconciliation_runs
from tests.support.events import TODAY, Tenant, day, disbursement, new_id, noon, payment


async def test_the_newest_run_of_a_date_is_served(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    moments = iter([noon(), noon() + timedelta(minutes=5)])
    reconciliation = Reconciliation(store, lambda: next(moments))
    first = await reconciliation.run(tenant.tenant_id, TODAY)
    tamper(f"UPDATE loans SET principal_minor = 1 WHERE tenant_id = '{tenant.tenant_id}'")
    assert await reconciliation.status(tenant.tenant_id, TODAY) == first
    second = await reconciliation.run(tenant.tenant_id, TODAY)
    assert second["ledger_integrity"]["checked_at"] == "2026-03-31T12:05:00.000000Z"
    assert await Reconciliation(store, noon).status(tenant.tenant_id, TODAY) == second


async def test_many_first_questions_of_a_date_are_one_run(
    store: Store, tenant: Tenant, loan_id: str, reconciliation: Reconciliation
) -> None:
    answers = await asyncio.gather(*(reconciliation.status(tenant.tenant_id) for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    runs = select(func.count()).select_from(reconciliation_runs)
    assert await store.read([tenant.tenant_id], lambda connection: connection.scalar(runs)) == 1


async def test_a_run_among_postings_finds_nothing_wrong(store: Store, tenant: Tenant) -> None:
    """Each check sees one moment, though money moves all the time."""
    loan_ids = [new_id() for _ in range(5)]
    for loan_id in loan_ids:
        await tenant.post(disbursement(loan_id, 1_000_000, day(-10)))

    async def pay() -> None:
        for number in range(60):
            await tenant.post(payment(loan_ids[number % 5], 1 + number, day(1 if number % 7 == 0 else -number % 3 - 2)))

    paying = asyncio.gather(*(tenant.post(disbursement(new_id(), 500, currency=code)) for code in ("EUR", "GBP", "CHF")), pay())
    reconciliation = Reconciliation(store, noon)
    while not paying.done():
        status = await reconciliation.run(tenant.tenant_id, TODAY)
        assert status["ledger_integrity"]["status"] == "ok"
        assert status["portfolio_rollup"]["status"] == "ok"
    await paying


async def test_all_tenants_run_but_those_with_a_young_run(store: Store, tenant: Tenant, loan_id: str) -> None:
    other = Tenant(tenant.writer)
    await other.post(disbursement(new_id()))
    now = noon()
    reconciliation = Reconciliation(store, lambda: now)
    await reconciliation.run(tenant.tenant_id, TODAY)
    now += timedelta(minutes=20)
    assert set(await reconciliation.run_all(timedelta(minutes=30))) == {other.tenant_id}
    now += timedelta(minutes=20)
    assert set(await reconciliation.run_all(timedelta(minutes=30))) == {tenant.tenant_id}
    assert set(await reconciliation.run_all()) == {tenant.tenant_id, other.tenant_id}


class Naps:
    """Sleeping that lasts until it is let on; `asleep` is set by each nap."""

    def __init__(self) -> None:
        self.asleep = asyncio.Event()
        self.wake = asyncio.Event()
        self.lengths: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.lengths.append(seconds)
        self.asleep.set()
        await self.wake.wait()
        self.wake.clear()


async def runs_kept(store: Store, tenant_id: str) -> int:
    runs = select(func.count()).select_from(reconciliation_runs)
    return await store.read([tenant_id], lambda connection: connection.scalar(runs) or 0)


async def test_the_schedule_runs_at_start_and_every_interval_until_cancelled(store: Store, tenant: Tenant, loan_id: str) -> None:
    now, naps = noon(), Naps()
    reconciliation = Reconciliation(store, lambda: now)
    running = asyncio.create_task(reconciliation.schedule(3_600, naps))
    await naps.asleep.wait()
    assert await runs_kept(store, tenant.tenant_id) == 1
    now += timedelta(hours=1)
    naps.asleep.clear()
    naps.wake.set()
    await naps.asleep.wait()
    assert await runs_kept(store, tenant.tenant_id) == 2
    assert naps.lengths == [3_600, 3_600]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_the_schedule_goes_on_after_an_error(caplog: pytest.LogCaptureFixture) -> None:
    class Gone:
        async def read(self, *_: object) -> Awaitable[None]:
            raise StoreUnavailable("no such host")

    naps = Naps()
    reconciliation = Reconciliation(Gone(), lambda: datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]
    running = asyncio.create_task(reconciliation.schedule(60, naps))
    await naps.asleep.wait()
    assert not running.done()
    assert "reconciliation failed" in caplog.text
    running.cancel()
    with pytest.raises(ReadUnavailable):
        await reconciliation.status(new_id())
