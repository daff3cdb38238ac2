"""A fee is posted on the loan that the path names."""

import pytest

from app.ledger.refusals import LoanNotFound
from handlers.disbursements import post_disbursement
from handlers.loans import post_fee
from tests.support.events import TODAY, new_id
from tests.unit.handlers.tenant_client import DATE, TenantClient, disbursement_body

FEE = {"amount_minor": "500", "currency": "USD", "effective_at": DATE, "description": "Late fee for March"}


async def test_a_fee_is_owed_on_the_loan_of_the_path(tenant_client: TenantClient) -> None:
    loan_id, other_loan_id = new_id(), new_id()
    for each in (loan_id, other_loan_id):
        await tenant_client.ask(post_disbursement, tenant_client.call("postDisbursement", disbursement_body(each)))
    answer, posted = await tenant_client.ask(post_fee, tenant_client.call("postFee", FEE, loan_id=loan_id))
    assert answer.status == 201
    entry, _ = await tenant_client.services.reads.entry(tenant_client.tenant_id, posted["journal_entry_id"], None)
    assert entry.description == "Late fee for March"
    for each, fees_minor in ((loan_id, 500), (other_loan_id, 0)):
        assert (await tenant_client.services.reads.loan_balance(tenant_client.tenant_id, each, TODAY)).fees_minor == fees_minor


async def test_a_fee_on_an_unknown_loan_names_the_parameter_of_the_path(tenant_client: TenantClient) -> None:
    with pytest.raises(LoanNotFound) as refused:
        await tenant_client.ask(post_fee, tenant_client.call("postFee", FEE, loan_id=new_id()))
    assert [error.field for error in refused.value.field_errors] == ["loan_id"]
