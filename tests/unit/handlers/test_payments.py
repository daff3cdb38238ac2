"""A payment is posted, and its answer says what it paid."""

import pytest

from app.ledger.refusals import LoanNotFound
from handlers.disbursements import post_disbursement
from handlers.payments import post_payment
from tests.support.events import TODAY, new_id
from tests.unit.handlers.tenant_client import TenantClient, disbursement_body, payment_body


async def test_a_payment_answers_its_allocation_and_lowers_the_balance(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await tenant_client.ask(post_disbursement, tenant_client.call("postDisbursement", disbursement_body(loan_id, 1_000)))
    answer, posted = await tenant_client.ask(post_payment, tenant_client.call("postPayment", payment_body(loan_id, 1_200)))
    assert answer.status == 201
    assert posted["allocation"] == {
        "fees_minor": "0",
        "interest_minor": "0",
        "principal_minor": "1000",
        "suspense_minor": "200",
    }
    balance = await tenant_client.services.reads.loan_balance(tenant_client.tenant_id, loan_id, TODAY)
    assert (balance.principal_minor, balance.suspense_minor) == (0, 200)


async def test_a_payment_on_a_loan_that_was_never_opened_is_refused(tenant_client: TenantClient) -> None:
    with pytest.raises(LoanNotFound):
        await tenant_client.ask(post_payment, tenant_client.call("postPayment", payment_body(new_id(), 1)))
