"""A batch of accruals is one entry, and its answer says how much of how many loans."""

from typing import Any

import pytest

from app.ledger.refusals import PrincipalDrift
from handlers.accruals import post_accrual_batch
from handlers.disbursements import post_disbursement
from tests.support.events import TODAY, new_id
from tests.unit.handlers.tenant_client import DATE, TenantClient, disbursement_body


def batch(*loans: tuple[str, int, int]) -> dict[str, Any]:
    """Of each loan its id, its principal and its interest."""
    names = ("loan_id", "outstanding_principal_minor", "interest_minor")
    accrued = [dict(zip(names, map(str, loan), strict=True)) for loan in loans]
    return {"program_id": new_id(), "accrual_date": DATE, "day_count_convention": "ACT_365", "loans": accrued}


async def test_each_loan_of_a_batch_owes_its_interest(tenant_client: TenantClient) -> None:
    loan_ids = [new_id(), new_id()]
    for loan_id in loan_ids:
        await tenant_client.ask(post_disbursement, tenant_client.call("postDisbursement", disbursement_body(loan_id, 1_000)))
    body = batch((loan_ids[0], 1_000, 3), (loan_ids[1], 1_000, 4))
    answer, posted = await tenant_client.ask(post_accrual_batch, tenant_client.call("postAccrualBatch", body))
    assert answer.status == 201
    assert (posted["loan_count"], posted["total_accrued_minor"]) == (2, "7")
    for loan_id, interest_minor in zip(loan_ids, (3, 4), strict=True):
        balance = await tenant_client.services.reads.loan_balance(tenant_client.tenant_id, loan_id, TODAY)
        assert balance.interest_minor == interest_minor


async def test_a_loan_with_another_principal_is_named_by_its_place_in_the_batch(tenant_client: TenantClient) -> None:
    loan_ids = [new_id(), new_id()]
    for loan_id in loan_ids:
        await tenant_client.ask(post_disbursement, tenant_client.call("postDisbursement", disbursement_body(loan_id, 1_000)))
    body = batch((loan_ids[0], 1_000, 3), (loan_ids[1], 999, 4))
    with pytest.raises(PrincipalDrift) as refused:
        await tenant_client.ask(post_accrual_batch, tenant_client.call("postAccrualBatch", body))
    assert [error.field for error in refused.value.field_errors] == ["/loans/1/outstanding_principal_minor"]
