"""When reconciliation runs, and which run is served, on both engines."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.reconciliation.service import Reconciliation
from app.store.store import Store, StoreUnavailable
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


async def test_a_database_that_is_away_is_for_the_caller_to_try_again() -> None:
    class Gone:
        async def read(self, *_: object) -> Awaitable[None]:
            raise StoreUnavailable("no such host")

    reconciliation = Reconciliation(Gone(), lambda: datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        await reconciliation.status(new_id())
