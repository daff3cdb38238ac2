"""A reversal takes an entry back, and names what must be reversed before it."""

from typing import Any

import pytest

from app.ledger.refusals import ReversalBlocked
from handlers.disbursements import post_disbursement
from handlers.payments import post_payment
from handlers.reversals import post_reversal
from tests.support.events import TODAY, new_id
from tests.unit.handlers.tenant_client import DATE, TRACE_ID, TenantClient, disbursement_body, payment_body


def reversal_body(entry_id: str) -> dict[str, Any]:
    reason = {"reason_code": "error_correction", "reason_description": "posted to the wrong loan"}
    return {"reverses_entry_id": entry_id, "effective_at": DATE, **reason}


async def test_a_reversal_answers_the_entry_it_takes_back(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await tenant_client.ask(post_disbursement, tenant_client.call("postDisbursement", disbursement_body(loan_id, 1_000)))
    _, paid = await tenant_client.ask(post_payment, tenant_client.call("postPayment", payment_body(loan_id, 400)))
    call = tenant_client.call("postReversal", reversal_body(paid["journal_entry_id"]))
    answer, posted = await tenant_client.ask(post_reversal, call)
    assert answer.status == 201
    assert posted["reverses_entry_id"] == paid["journal_entry_id"]
    assert posted["correlation_id"].replace("-", "") == TRACE_ID
    balance = await tenant_client.services.reads.loan_balance(tenant_client.tenant_id, loan_id, TODAY)
    assert balance.principal_minor == 1_000


async def test_a_blocked_reversal_names_the_entries_to_reverse_before_it(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    _, opened = await tenant_client.ask(
        post_disbursement, tenant_client.call("postDisbursement", disbursement_body(loan_id, 1_000))
    )
    _, paid = await tenant_client.ask(post_payment, tenant_client.call("postPayment", payment_body(loan_id, 400)))
    call = tenant_client.call("postReversal", reversal_body(opened["journal_entry_id"]))
    with pytest.raises(ReversalBlocked) as refused:
        await tenant_client.ask(post_reversal, call)
    assert [error.message for error in refused.value.field_errors] == [
        f"loan {loan_id}: reverse payment_received {paid['journal_entry_id']} with effective_at {DATE} first"
    ]
