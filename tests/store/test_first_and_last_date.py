"""The first and the last date of all, 0001-01-01 and 9999-12-31, behave as every other date, on both engines."""

from datetime import date

import pytest

from app.ledger.refusals import DuplicateAccrual, EffectiveBeforeOpening, EffectiveDateInFuture
from app.reads.service import Reads
from app.reconciliation.service import Reconciliation
from app.store.queries.journal import HistoryFilter
from app.store.store import Store
from tests.support.events import TODAY, Tenant, accrual, disbursement, fee, new_id, noon, payment, reversal

SECOND = date(1, 1, 2)


@pytest.fixture
async def loan_id(tenant: Tenant) -> str:
    """A loan of 1000, opened on the first date of all, on which nothing else is posted."""
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 1_000, date.min))
    return loan_id


@pytest.mark.parametrize("interest_minor", [0, 7])
@pytest.mark.parametrize("on", [date.min, SECOND])
async def test_a_date_is_accrued_once_until_it_is_reversed(tenant: Tenant, loan_id: str, on: date, interest_minor: int) -> None:
    first = await tenant.post(accrual(loan_id, 1_000, interest_minor, on))
    with pytest.raises(DuplicateAccrual):
        await tenant.post(accrual(loan_id, 1_000, interest_minor, on))
    await tenant.post(reversal(first["journal_entry_id"], on))
    await tenant.post(accrual(loan_id, 1_000, interest_minor, on))
    with pytest.raises(DuplicateAccrual):
        await tenant.post(accrual(loan_id, 1_000, interest_minor, on))


async def test_the_first_date_is_accrued_once_with_later_dates_too(tenant: Tenant, loan_id: str) -> None:
    await tenant.post(fee(loan_id, 5, TODAY))
    await tenant.post(accrual(loan_id, 1_000, 7, date.min))
    with pytest.raises(DuplicateAccrual):
        await tenant.post(accrual(loan_id, 1_000, 7, date.min))


async def test_a_payment_of_the_first_date_pays_what_was_owed_then_and_still_is(tenant: Tenant, loan_id: str) -> None:
    await tenant.post(payment(loan_id, 900, SECOND))
    paid = await tenant.post(payment(loan_id, 150, date.min))
    assert paid["allocation"] | {"principal_minor": "100", "suspense_minor": "50"} == paid["allocation"]


async def test_nothing_is_posted_on_the_last_date_or_before_the_opening(tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 1_000, SECOND))
    for event in (payment(loan_id, 1, date.max), accrual(loan_id, 1_000, 7, date.max), disbursement(loan_id, 1, date.max)):
        with pytest.raises(EffectiveDateInFuture):
            await tenant.post(event)
    with pytest.raises(EffectiveBeforeOpening):
        await tenant.post(payment(loan_id, 1, date.min))


async def test_balances_as_of_the_first_and_the_last_date(store: Store, tenant: Tenant, loan_id: str) -> None:
    await tenant.post(payment(loan_id, 100, SECOND))
    await tenant.post(payment(loan_id, 10, TODAY))
    reads = Reads(store)
    expected = {date.min: 1_000, SECOND: 900, TODAY: 890, date.max: 890}
    for as_of, principal_minor in expected.items():
        balance = await reads.loan_balance(tenant.tenant_id, loan_id, as_of)
        assert balance.principal_minor == principal_minor
        account = await reads.account_balance(tenant.tenant_id, "1100", "USD", "SETTLED", as_of)
        assert account.dr_minor - account.cr_minor == principal_minor


@pytest.mark.parametrize(
    ("from_date", "to_date", "count"),
    [(date.min, None, 3), (date.min, date.min, 1), (None, date.min, 1), (SECOND, date.max, 2), (date.max, None, 0)],
)
async def test_history_between_dates(
    store: Store, tenant: Tenant, loan_id: str, from_date: date | None, to_date: date | None, count: int
) -> None:
    await tenant.post(payment(loan_id, 100, SECOND))
    await tenant.post(payment(loan_id, 10, TODAY))
    page = await Reads(store).loan_entries(tenant.tenant_id, loan_id, HistoryFilter(from_date, to_date), 50, None)
    assert len(page.entries) == count
    assert {entry.effective_at for entry in page.entries} <= {date.min, SECOND, TODAY}


async def test_the_books_reconcile_as_of_the_first_and_the_last_date(store: Store, tenant: Tenant, loan_id: str) -> None:
    await tenant.post(accrual(loan_id, 1_000, 7, date.min))
    await tenant.post(payment(loan_id, 10, TODAY))
    reconciliation = Reconciliation(store, noon)
    for as_of, principal in {date.min: "1000", date.max: "997"}.items():
        for _ in range(2):
            status = await reconciliation.status(tenant.tenant_id, as_of)
            assert status["ledger_integrity"]["status"] == "ok"
            assert status["as_of_date"] == as_of.isoformat()
            assert principal in str(status["portfolio_rollup"])
