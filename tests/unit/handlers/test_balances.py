"""Balances as the contract writes them: amounts as text, of the date that was asked for."""

import pytest

from app.ledger.events.event import Event
from app.refusal import NotFound
from handlers.balances import get_account_balance, get_loan_balance
from tests.support.events import TODAY, Tenant, accrual, day, disbursement, fee, new_id, payment
from tests.support.tampering import Tamperer
from tests.unit.handlers.tenant_client import TenantClient


async def posted(tenant_client: TenantClient, *events: Event) -> None:
    tenant = Tenant(tenant_client.services.writer, tenant_client.tenant_id)
    for event in events:
        await tenant.post(event)


async def test_a_loan_s_balance_has_each_bucket_and_what_is_owed_in_all(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await posted(
        tenant_client, disbursement(loan_id, 1_000, day(-9)), fee(loan_id, 50, day(-8)), accrual(loan_id, 1_000, 7, day(-7))
    )
    _, found = await tenant_client.ask(get_loan_balance, tenant_client.call("getLoanBalance", loan_id=loan_id))
    assert found == {
        "loan_id": loan_id,
        "as_of_date": TODAY.isoformat(),
        "currency": "USD",
        "principal_outstanding_minor": "1000",
        "interest_receivable_minor": "7",
        "fees_receivable_minor": "50",
        "total_exposure_minor": "1057",
        "last_activity_at": "2026-03-31T12:00:00.000002Z",
    }


async def test_a_loan_s_balance_is_as_of_the_date_and_has_no_activity_before_the_first(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await posted(tenant_client, disbursement(loan_id, 1_000, day(-9)), payment(loan_id, 400, day(-3)))
    for offset, principal in ((-10, "0"), (-4, "1000"), (-3, "600")):
        call = tenant_client.call("getLoanBalance", loan_id=loan_id, as_of_date=day(offset))
        _, found = await tenant_client.ask(get_loan_balance, call)
        assert (found["as_of_date"], found["principal_outstanding_minor"]) == (day(offset).isoformat(), principal)
        assert ("last_activity_at" in found) == (offset > -10)


async def test_a_loan_that_the_tenant_does_not_have_is_not_found(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await Tenant(tenant_client.services.writer).post(disbursement(loan_id))
    with pytest.raises(NotFound):
        await tenant_client.ask(get_loan_balance, tenant_client.call("getLoanBalance", loan_id=loan_id))


async def test_an_account_s_balance_has_both_sides_and_its_name(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await posted(tenant_client, disbursement(loan_id, 1_000, day(-9)), payment(loan_id, 400, day(-3)))
    _, found = await tenant_client.ask(
        get_account_balance, tenant_client.call("getAccountBalance", account_code="1100", currency="USD")
    )
    assert found == {
        "account_code": "1100",
        "account_name": "Principal Receivable",
        "currency": "USD",
        "layer": "SETTLED",
        "as_of_date": TODAY.isoformat(),
        "dr_balance_minor": "1000",
        "cr_balance_minor": "400",
        "normal_balance_minor": "600",
    }


async def test_the_normal_balance_is_signed_by_the_account_s_normal_side(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await posted(tenant_client, disbursement(loan_id, 1_000, day(-9)), payment(loan_id, 400, day(-3)))
    for code, sides, normal in (
        ("1100", ("1000", "400"), "600"),
        ("2000", ("0", "1000"), "1000"),
        ("1050", ("400", "0"), "400"),
        ("2100", ("0", "0"), "0"),
    ):
        call = tenant_client.call("getAccountBalance", account_code=code, currency="USD")
        _, found = await tenant_client.ask(get_account_balance, call)
        assert (found["dr_balance_minor"], found["cr_balance_minor"]) == sides, code
        assert found["normal_balance_minor"] == normal, code


async def test_an_account_s_balance_is_as_of_the_date(tenant_client: TenantClient) -> None:
    loan_id = new_id()
    await posted(tenant_client, disbursement(loan_id, 1_000, day(-9)), payment(loan_id, 400, day(-3)))
    for offset, normal in ((-10, "0"), (-4, "1000"), (-3, "600")):
        call = tenant_client.call("getAccountBalance", account_code="1100", currency="USD", as_of_date=day(offset))
        _, found = await tenant_client.ask(get_account_balance, call)
        assert (found["as_of_date"], found["normal_balance_minor"]) == (day(offset).isoformat(), normal)


async def test_an_account_that_is_below_zero_on_its_normal_side_has_a_minus(tenant_client: TenantClient, sqlite_url: str) -> None:
    await posted(tenant_client, disbursement(new_id(), 1_000))
    Tamperer(sqlite_url, "sqlite").execute("UPDATE account_totals SET dr_minor = 3, cr_minor = 5")
    for code, normal in (("1100", "-2"), ("2000", "2")):
        call = tenant_client.call("getAccountBalance", account_code=code, currency="USD")
        assert (await tenant_client.ask(get_account_balance, call))[1]["normal_balance_minor"] == normal


async def test_an_account_outside_the_chart_is_not_found(tenant_client: TenantClient) -> None:
    with pytest.raises(NotFound, match="no account 9999"):
        await tenant_client.ask(get_account_balance, tenant_client.call("getAccountBalance", account_code="9999", currency="USD"))
