"""Reconciliation of untouched books says so, with the right amounts, as of every date and on both engines."""

from app.limits import AMOUNT_MINOR_MAX
from app.reconciliation.service import Reconciliation
from tests.support.events import TODAY, Tenant, day, disbursement, new_id, payment


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
