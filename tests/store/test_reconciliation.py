"""Reconciliation of untouched books says so, with the right amounts, as of every date and on both engines."""

import asyncio

from app.limits import AMOUNT_MINOR_MAX
from app.reconciliation.service import Reconciliation
from app.store.store import Store
from tests.support.events import TODAY, Tenant, day, disbursement, new_id, noon, payment


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


async def test_the_largest_amounts_are_reconciled(tenant: Tenant, reconciliation: Reconciliation) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, AMOUNT_MINOR_MAX - 10, day(-2)))
    await tenant.post(payment(loan_id, AMOUNT_MINOR_MAX - 10, day(-1)))
    for offset, principal in ((-2, str(AMOUNT_MINOR_MAX - 10)), (0, "0")):
        status = await reconciliation.status(tenant.tenant_id, day(offset))
        assert status["ledger_integrity"]["mismatched_account_count"] == 0
        assert status["portfolio_rollup"]["gl_principal_minor"] == principal


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
