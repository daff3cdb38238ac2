"""A run checks everything and is kept; the newest run of a date is served, and many first questions are one run."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from itertools import count

import pytest

from app.reconciliation import service
from app.reconciliation.service import Reconciliation
from app.store.open import open_store
from app.store.store import Store, StoreUnavailable
from tests.support.databases import Databases
from tests.support.events import (
    TODAY,
    Tenant,
    day,
    disbursement,
    eventful_loan,
    new_id,
    noon,
    payment,
    running_writer,
)


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan on which everything has happened."""
    return await eventful_loan(tenant)


@pytest.fixture
def reconciliation(store: Store) -> Reconciliation:
    return Reconciliation(store, noon)


async def test_a_tenant_without_postings_is_well(reconciliation: Reconciliation) -> None:
    status = await reconciliation.status(new_id())
    assert status["as_of_date"] == TODAY.isoformat()
    assert status["ledger_integrity"]["status"] == "ok"
    zeros = {"status": "ok", "gl_principal_minor": "0", "sum_of_loan_balances_minor": "0"}
    assert status["portfolio_rollup"] == zeros


async def test_amounts_of_several_currencies_are_compared_but_not_added_up(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation
) -> None:
    euro_loan_id = new_id()
    await tenant.post(disbursement(euro_loan_id, 5_000, currency="EUR"))
    await tenant.post(payment(euro_loan_id, 70, currency="EUR"))
    status = await reconciliation.status(tenant.tenant_id)
    assert status["ledger_integrity"]["status"] == "ok"
    assert status["portfolio_rollup"] == {"status": "ok"}


async def test_a_status_stands_while_nothing_changes_and_no_longer(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    """For every date that was asked for: what was changed need not be of that date."""
    moments = (noon() + timedelta(minutes=number) for number in count())
    reconciliation = Reconciliation(store, lambda: next(moments))

    async def checks(offset: int) -> tuple[str, str]:
        status = await reconciliation.status(tenant.tenant_id, day(offset))
        return status["portfolio_rollup"]["sum_of_loan_balances_minor"], status["ledger_integrity"]["status"]

    assert [await checks(-9), await checks(-9), await checks(0)] == [("98900", "ok"), ("98900", "ok"), ("99200", "ok")]
    first = await reconciliation.status(tenant.tenant_id, TODAY)
    assert await reconciliation.status(tenant.tenant_id, TODAY) is first
    await tenant.post(disbursement(loan_id, 100, day(-10)))
    assert [await checks(-9), await checks(0)] == [("99000", "ok"), ("99300", "ok")]
    tamper(f"UPDATE loans SET fees_minor = fees_minor + 1 WHERE tenant_id = '{tenant.tenant_id}'")
    assert [await checks(-9), await checks(0)] == [("99000", "drift_detected"), ("99300", "drift_detected")]
    assert await reconciliation.status(tenant.tenant_id, TODAY) is not first


async def test_a_kept_run_is_not_the_answer_once_something_is_posted(store: Store, tenant: Tenant, loan_id: str) -> None:
    """Also in a process that did not make it."""
    await Reconciliation(store, noon).run(tenant.tenant_id, TODAY)
    await tenant.post(disbursement(loan_id, 200))
    later = noon() + timedelta(minutes=5)
    status = await Reconciliation(store, lambda: later).status(tenant.tenant_id, TODAY)
    assert status["ledger_integrity"]["checked_at"] == "2026-03-31T12:05:00.000000Z"
    assert status["portfolio_rollup"]["gl_principal_minor"] == "99400"


async def test_questions_that_arrive_together_are_one_check(
    store: Store, tenant: Tenant, loan_id: str, reconciliation: Reconciliation
) -> None:
    answers = await asyncio.gather(*(reconciliation.status(tenant.tenant_id) for _ in range(8)))
    assert all(answer is answers[0] for answer in answers)


async def test_a_question_during_a_check_does_not_get_its_result_if_something_was_posted_meanwhile(
    store: Store, tenant: Tenant, loan_id: str, reconciliation: Reconciliation
) -> None:
    for number in range(5):
        running = asyncio.create_task(reconciliation.status(tenant.tenant_id))
        await tenant.post(disbursement(loan_id, 100))
        status = await reconciliation.status(tenant.tenant_id)
        assert status["portfolio_rollup"]["gl_principal_minor"] == str(99_200 + 100 * (number + 1))
        await running


async def test_only_the_newest_answers_are_kept(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "RECONCILIATIONS_KEPT", 2)
    first = [await reconciliation.status(tenant.tenant_id, day(offset)) for offset in range(3)]
    again = [await reconciliation.status(tenant.tenant_id, day(offset)) for offset in (2, 1, 0)]
    assert [one is other for one, other in zip(reversed(first), again, strict=True)] == [True, True, False]


@pytest.fixture
async def store_of_its_own(engine_name: str, databases: Databases) -> AsyncIterator[Store]:
    """On a database without any other tenant."""
    with databases.fresh(engine_name) as url:
        store = open_store(url)
        yield store
        await store.close()


async def test_all_tenants_run_but_those_with_a_young_run(store_of_its_own: Store) -> None:
    now = noon()
    reconciliation = Reconciliation(store_of_its_own, lambda: now)
    async with running_writer(store_of_its_own) as writer:
        tenant, other = Tenant(writer), Tenant(writer)
        for each in (tenant, other):
            await each.post(disbursement(new_id()))
    await reconciliation.run(tenant.tenant_id, TODAY)
    now += timedelta(minutes=20)
    assert set(await reconciliation.run_all(timedelta(minutes=30))) == {other.tenant_id}
    now += timedelta(minutes=20)
    assert set(await reconciliation.run_all(timedelta(minutes=30))) == {tenant.tenant_id}
    assert set(await reconciliation.run_all()) == {tenant.tenant_id, other.tenant_id}


async def test_the_count_is_of_distinct_accounts(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation, tamper: Callable[[str], None]
) -> None:
    """A loan's interest in the journal: account 1200 and the loan's sub-account, and the entry's other account, 4000."""
    tamper(
        f"UPDATE journal_lines SET amount_minor = amount_minor + 1 WHERE tenant_id = '{tenant.tenant_id}' "
        "AND account_code = '1200' AND direction = 'DR'"
    )
    integrity = (await reconciliation.status(tenant.tenant_id))["ledger_integrity"]
    assert integrity["mismatched_account_count"] == 3


async def test_principal_that_drifts_apart_shows_in_the_rollup(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation, tamper: Callable[[str], None]
) -> None:
    tamper(f"UPDATE loans SET principal_minor = principal_minor + 5 WHERE tenant_id = '{tenant.tenant_id}'")
    rollup = (await reconciliation.status(tenant.tenant_id))["portfolio_rollup"]
    assert rollup == {"status": "drift_detected", "gl_principal_minor": "99200", "sum_of_loan_balances_minor": "99205"}


async def test_a_database_that_is_away_is_for_the_caller_to_try_again() -> None:
    """Nothing listens at the port."""
    store = open_store("postgresql://hpts@127.0.0.1:1/hpts")
    with pytest.raises(StoreUnavailable):
        await Reconciliation(store, noon).status(new_id())
    await store.close()


async def test_a_question_that_is_given_up_does_not_end_the_run_of_the_others(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation
) -> None:
    leaving, staying = (asyncio.create_task(reconciliation.status(tenant.tenant_id)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying)["ledger_integrity"]["status"] == "ok"
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_what_differs_is_named_in_the_log(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation, tamper: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    tamper(f"UPDATE loans SET fees_minor = fees_minor + 1 WHERE tenant_id = '{tenant.tenant_id}'")
    with caplog.at_level(logging.ERROR, "hpts.reconciliation"):
        await reconciliation.run(tenant.tenant_id, TODAY)
    assert caplog.messages == [f"reconciliation as of {TODAY}: loan {loan_id} FEES differs from the journal"]


async def test_an_amount_that_the_contract_cannot_write_is_left_out_of_the_rollup(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation, tamper: Callable[[str], None]
) -> None:
    tamper(f"UPDATE account_totals SET cr_minor = dr_minor + 1 WHERE tenant_id = '{tenant.tenant_id}' AND account_code = '1100'")
    rollup = (await reconciliation.run(tenant.tenant_id, day(1)))["portfolio_rollup"]
    assert rollup == {"status": "drift_detected", "sum_of_loan_balances_minor": "0"}
