"""Reconciliation is computed: every way of tampering with the books behind the application's back is found, on both engines."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select

from app.ledger.money import AMOUNT_MINOR_MAX
from app.reconcile.service import Reconciliation
from app.store.address import sqlite_path
from app.store.phases import Store, StoreUnavailable
from app.store.reading import ReadUnavailable
from app.store.tables import reconciliation_runs
from tests.support.events import TODAY, Tenant, accrual, day, disbursement, fee, new_id, noon, payment, reversal, running_writer

JOURNAL = ["journal_entries", "journal_lines"]
ONE_LINE = "journal_lines SET {change} WHERE tenant_id = '{tenant}' AND account_code = '{code}' AND direction = 'CR'"


class Tamperer:
    """Plain SQL as the database's owner, with the journal's triggers out of the way."""

    def __init__(self, database_url: str, engine_name: str) -> None:
        self._is_postgres = engine_name == "postgresql"
        self._database_url = database_url

    def execute(self, statement: str) -> None:
        if self._is_postgres:
            with psycopg.connect(self._database_url) as connection:
                connection.execute("SET session_replication_role = replica")
                connection.execute(statement)  # type: ignore[call-overload]
            return
        connection = sqlite3.connect(sqlite_path(self._database_url))
        for name in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name[0]}")
        connection.execute(statement)
        connection.commit()
        connection.close()


@pytest.fixture
def tamper(database_url: str, engine_name: str) -> Callable[[str], None]:
    return Tamperer(database_url, engine_name).execute


@pytest.fixture
async def tenant(store: Store) -> Any:
    async with running_writer(store) as writer:
        yield Tenant(writer)


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan with every kind of event, back-dated ones too, and one of tomorrow."""
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 100_000, day(-30)))
    await tenant.post(fee(loan_id, 500, day(-20)))
    await tenant.post(accrual(loan_id, 100_000, 700, day(-15)))
    await tenant.post(payment(loan_id, 2_000, day(-10)))
    mistaken = await tenant.post(payment(loan_id, 300, day(-12)))
    await tenant.post(reversal(mistaken["journal_entry_id"], day(-3)))
    await tenant.post(payment(loan_id, 200_000, day(1)))
    return loan_id


@pytest.fixture
def reconciliation(store: Store) -> Reconciliation:
    return Reconciliation(store, noon)


async def test_untouched_books_agree_as_of_every_date(tenant: Tenant, loan_id: str, reconciliation: Reconciliation) -> None:
    for offset in range(-32, 3):
        status = await reconciliation.status(tenant.tenant_id, day(offset))
        assert status["as_of_date"] == day(offset).isoformat()
        assert status["ledger_integrity"] == {
            "status": "ok",
            "mismatched_account_count": 0,
            "checked_at": "2026-03-31T12:00:00.000000Z",
        }
        assert status["bank_reconciliation"] == []
        assert status["portfolio_rollup"]["status"] == "ok"


async def test_the_rollup_is_of_the_date_asked_for(tenant: Tenant, loan_id: str, reconciliation: Reconciliation) -> None:
    for offset, principal in ((-31, "0"), (-30, "100000"), (-10, "98900"), (-3, "99200"), (1, "0")):
        rollup = (await reconciliation.status(tenant.tenant_id, day(offset)))["portfolio_rollup"]
        assert rollup == {"status": "ok", "gl_principal_minor": principal, "sum_of_loan_balances_minor": principal}, offset


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


async def test_the_largest_amounts_are_reconciled(tenant: Tenant, reconciliation: Reconciliation) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, AMOUNT_MINOR_MAX - 10, day(-2)))
    await tenant.post(payment(loan_id, AMOUNT_MINOR_MAX - 10, day(-1)))
    for offset, principal in ((-2, str(AMOUNT_MINOR_MAX - 10)), (0, "0")):
        status = await reconciliation.status(tenant.tenant_id, day(offset))
        assert status["ledger_integrity"]["mismatched_account_count"] == 0
        assert status["portfolio_rollup"]["gl_principal_minor"] == principal


TAMPERINGS = {
    "a line's amount": ("UPDATE " + ONE_LINE.format(change="amount_minor = amount_minor + 1", tenant="{tenant}", code="1200"), 2),
    "a line's amount, beyond all sums": (
        "UPDATE " + ONE_LINE.format(change=f"amount_minor = {AMOUNT_MINOR_MAX}", tenant="{tenant}", code="1100"),
        1,
    ),
    "a line's direction": ("UPDATE " + ONE_LINE.format(change="direction = 'DR'", tenant="{tenant}", code="4000"), 1),
    "a line's account": ("UPDATE " + ONE_LINE.format(change="account_code = '4100'", tenant="{tenant}", code="4000"), 2),
    "a line's currency": ("UPDATE " + ONE_LINE.format(change="currency = 'EUR'", tenant="{tenant}", code="4000"), 2),
    "a line's layer": ("UPDATE " + ONE_LINE.format(change="layer = 'PENDING'", tenant="{tenant}", code="4000"), 2),
    "a line's loan": ("UPDATE " + ONE_LINE.format(change="loan_id = '{other}'", tenant="{tenant}", code="1200"), 1),
    "a line taken off its loan": ("UPDATE " + ONE_LINE.format(change="loan_id = NULL", tenant="{tenant}", code="1200"), 1),
    "a loan put on another line": ("UPDATE " + ONE_LINE.format(change="loan_id = '{loan}'", tenant="{tenant}", code="4000"), 1),
    "a line's date": ("UPDATE " + ONE_LINE.format(change="effective_at = '2026-01-01'", tenant="{tenant}", code="4000"), 1),
    "a date of a loan's line": (
        "UPDATE " + ONE_LINE.format(change="effective_at = '2026-03-05'", tenant="{tenant}", code="1200"),
        1,
    ),
    "a deleted line": ("DELETE FROM journal_lines WHERE tenant_id = '{tenant}' AND account_code = '4000'", 1),
    "all lines of an entry deleted": (
        "DELETE FROM journal_lines WHERE tenant_id = '{tenant}' AND journal_entry_id = "
        "(SELECT journal_entry_id FROM journal_entries WHERE tenant_id = '{tenant}' AND event_type = 'fee_assessed')",
        3,
    ),
    "an entry's line count": (
        "UPDATE journal_entries SET line_count = line_count + 1 WHERE tenant_id = '{tenant}' AND event_type = 'fee_assessed'",
        3,
    ),
    "a loan's principal": ("UPDATE loans SET principal_minor = principal_minor + 1 WHERE tenant_id = '{tenant}'", 1),
    "a loan's principal, beyond all sums": (
        f"UPDATE loans SET principal_minor = {AMOUNT_MINOR_MAX} WHERE tenant_id = '{{tenant}}'",
        1,
    ),
    "two balances of a loan": (
        "UPDATE loans SET fees_minor = fees_minor + 1, suspense_minor = suspense_minor + 1 WHERE tenant_id = '{tenant}'",
        2,
    ),
    "a deleted loan": ("DELETE FROM loans WHERE tenant_id = '{tenant}'", 1),
    "a loan's day": (
        "UPDATE loan_days SET principal_minor = principal_minor - 1 WHERE tenant_id = '{tenant}' AND effective_at = '2026-03-21'",
        1,
    ),
    "a loan's day of tomorrow": (
        "UPDATE loan_days SET principal_minor = principal_minor - 1 WHERE tenant_id = '{tenant}' AND effective_at = '2026-04-01'",
        1,
    ),
    "an account's total": (
        "UPDATE account_totals SET dr_minor = dr_minor + 1 WHERE tenant_id = '{tenant}' AND account_code = '1050'",
        1,
    ),
    "an account's date": (
        "UPDATE account_days SET cr_minor = cr_minor + 1 WHERE tenant_id = '{tenant}' AND account_code = '4100'",
        1,
    ),
    "a deleted total": ("DELETE FROM account_totals WHERE tenant_id = '{tenant}' AND account_code = '4100'", 1),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_tampering_is_found(
    tampering: str, tenant: Tenant, loan_id: str, reconciliation: Reconciliation, tamper: Callable[[str], None]
) -> None:
    statement, at_least = TAMPERINGS[tampering]
    before = await reconciliation.run(tenant.tenant_id, TODAY)
    assert before["ledger_integrity"]["status"] == "ok"
    tamper(statement.format(tenant=tenant.tenant_id, loan=loan_id, other=new_id()))
    for offset in (0, 1):
        integrity = (await reconciliation.status(tenant.tenant_id, day(offset) if offset else day(-1)))["ledger_integrity"]
        assert integrity["status"] == "drift_detected"
        assert integrity["mismatched_account_count"] >= at_least


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


async def test_another_tenant_is_not_touched(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation, tamper: Callable[[str], None]
) -> None:
    other = Tenant(tenant.writer)
    await other.post(disbursement(loan_id, 77))
    tamper(f"UPDATE loans SET principal_minor = 1 WHERE tenant_id = '{tenant.tenant_id}'")
    assert (await reconciliation.status(other.tenant_id))["ledger_integrity"]["status"] == "ok"
    assert (await reconciliation.status(tenant.tenant_id))["ledger_integrity"]["status"] == "drift_detected"


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
        await tenant.post(disbursement(loan_id, 1_000_000))

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
