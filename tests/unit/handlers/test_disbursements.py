"""A disbursement is posted; the first one opens the loan."""

import pytest

from app.ledger.refusals import BorrowerMismatch
from app.refusal import NotFound
from handlers.disbursements import post_disbursement
from tests.support.events import TODAY, new_id
from tests.unit.handlers.tenant_client import TenantClient, disbursement_body


async def test_the_first_disbursement_opens_the_loan_and_the_next_adds_to_it(tenant_client: TenantClient) -> None:
    loan_id, reads = new_id(), tenant_client.services.reads
    with pytest.raises(NotFound):
        await reads.loan_balance(tenant_client.tenant_id, loan_id, TODAY)
    for amount_minor, principal_minor in ((1_000, 1_000), (500, 1_500)):
        body = disbursement_body(loan_id, amount_minor)
        answer, posted = await tenant_client.ask(post_disbursement, tenant_client.call("postDisbursement", body))
        assert answer.status == 201
        assert posted.keys() == {"disbursement_event_id", "journal_entry_id", "posted_at"}
        assert (await reads.loan_balance(tenant_client.tenant_id, loan_id, TODAY)).principal_minor == principal_minor


async def test_a_loan_is_of_the_borrower_it_was_opened_for(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await tenant_client.ask(post_disbursement, tenant_client.call("postDisbursement", disbursement_body(loan_id)))
    body = disbursement_body(loan_id, borrower_id=new_id())
    with pytest.raises(BorrowerMismatch):
        await tenant_client.ask(post_disbursement, tenant_client.call("postDisbursement", body))
