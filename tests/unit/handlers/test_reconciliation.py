"""The reconciliation status is that of the caller's own books, as of the date that is asked for."""

from datetime import date
from typing import Any

from handlers.reconciliation import get_reconciliation_status
from tests.support.events import TODAY, Tenant, day, disbursement, new_id, payment
from tests.unit.handlers.tenant_client import TenantClient


async def test_the_status_is_of_the_date_and_of_today_without_one(tenant_client: TenantClient) -> None:
    tenant, loan_id = Tenant(tenant_client.services.writer, tenant_client.tenant_id), new_id()
    await tenant.post(disbursement(loan_id, 1_000, day(-9)))
    await tenant.post(payment(loan_id, 400, day(-3)))
    await Tenant(tenant_client.services.writer).post(disbursement(new_id(), 77, day(-9)))
    asked: list[tuple[dict[str, Any], date, str]] = [({}, TODAY, "600"), ({"as_of_date": day(-5)}, day(-5), "1000")]
    for parameters, as_of, principal in asked:
        call = tenant_client.call("getReconciliationStatus", **parameters)
        answer, status = await tenant_client.ask(get_reconciliation_status, call)
        assert answer.status == 200
        assert status["as_of_date"] == as_of.isoformat()
        assert status["ledger_integrity"]["status"] == "ok"
        assert status["portfolio_rollup"] == {
            "status": "ok",
            "gl_principal_minor": principal,
            "sum_of_loan_balances_minor": principal,
        }
