"""Entries and histories as the contract writes them: amounts as text, members without a value left out."""

from typing import Any

import pytest

from app import limits
from app.refusal import NotFound
from handlers.journal import get_journal_entry, list_loan_journal_entries
from tests.support.events import BORROWER, TODAY, Tenant, day, disbursement, fee, new_id, payment, reversal
from tests.unit.handlers.tenant_client import TenantClient

POSTED_AT = "2026-03-31T12:00:00.000001Z"


@pytest.fixture
def tenant(tenant_client: TenantClient) -> Tenant:
    return Tenant(tenant_client.services.writer, tenant_client.tenant_id)


async def entry(tenant_client: TenantClient, entry_id: str, **parameters: Any) -> Any:
    call = tenant_client.call("getJournalEntry", journal_entry_id=entry_id, **parameters)
    return (await tenant_client.ask(get_journal_entry, call))[1]


async def history(tenant_client: TenantClient, loan_id: str, **parameters: Any) -> Any:
    call = tenant_client.call("listLoanJournalEntries", loan_id=loan_id, **parameters)
    return (await tenant_client.ask(list_loan_journal_entries, call))[1]


async def test_an_entry_has_every_member_that_has_a_value(tenant_client: TenantClient, tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 900, day(-1)))
    entry_id = (await tenant.post(payment(loan_id, 250, external_ref="wire-7")))["journal_entry_id"]
    found = await entry(tenant_client, entry_id)
    money = {"amount_minor": "250", "currency": "USD", "layer": "SETTLED", "external_ref": "wire-7"}
    assert found.pop("correlation_id")
    assert found.pop("event_id")
    assert found == {
        "journal_entry_id": entry_id,
        "event_type": "payment_received",
        "effective_at": TODAY.isoformat(),
        "posted_at": POSTED_AT,
        "actor": "tester",
        "idempotency_key": "key-00000002",
        "details": {"source_method": "ach", "external_ref": "wire-7"},
        "lines": [
            {"sequence": 1, "account_code": "1050", "direction": "DR", **money},
            {"sequence": 2, "account_code": "1100", "direction": "CR", "loan_id": loan_id, "borrower_id": BORROWER, **money},
        ],
    }


async def test_a_reversal_and_its_entry_name_each_other(tenant_client: TenantClient, tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id))
    paid = (await tenant.post(payment(loan_id, 250)))["journal_entry_id"]
    undone = (await tenant.post(reversal(paid)))["journal_entry_id"]
    assert (await entry(tenant_client, paid))["reversed_by_entry_id"] == undone
    taken_back = await entry(tenant_client, undone)
    assert (taken_back["reverses_entry_id"], taken_back["description"]) == (paid, "posted in error")


async def test_the_lines_of_a_long_entry_go_on_with_a_token(
    tenant_client: TenantClient, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LINES_PAGE", 1)
    entry_id = (await tenant.post(disbursement(new_id())))["journal_entry_id"]
    first = await entry(tenant_client, entry_id)
    second = await entry(tenant_client, entry_id, lines_page_token=first["next_lines_page_token"])
    assert [line["sequence"] for page in (first, second) for line in page["lines"]] == [1, 2]
    assert "next_lines_page_token" not in second


async def test_a_loan_s_history_comes_in_pages(tenant_client: TenantClient, tenant: Tenant) -> None:
    loan_id = new_id()
    posted = [(await tenant.post(disbursement(loan_id)))["journal_entry_id"]]
    posted += [(await tenant.post(payment(loan_id, 1)))["journal_entry_id"] for _ in range(2)]
    first = await history(tenant_client, loan_id, page_size=2)
    second = await history(tenant_client, loan_id, page_size=2, page_token=first["next_page_token"])
    assert [item["journal_entry_id"] for page in (first, second) for item in page["items"]] == posted[::-1]
    assert "next_page_token" not in second


async def test_a_loan_s_history_is_filtered_by_date_and_event(tenant_client: TenantClient, tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 1_000, day(-9)))
    await tenant.post(fee(loan_id, 5, day(-5)))
    await tenant.post(payment(loan_id, 9, day(-1)))

    async def kinds(**filters: Any) -> list[str]:
        return [item["event_type"] for item in (await history(tenant_client, loan_id, **filters))["items"]]

    assert await kinds() == ["payment_received", "fee_assessed", "disbursement"]
    assert await kinds(from_date=day(-5)) == ["payment_received", "fee_assessed"]
    assert await kinds(to_date=day(-5)) == ["fee_assessed", "disbursement"]
    assert await kinds(event_type="fee_assessed") == ["fee_assessed"]


async def test_a_loan_s_history_says_where_lines_of_other_loans_are_left_out(
    tenant_client: TenantClient, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HISTORY_LINES", 1)
    loan_id = new_id()
    await tenant.post(disbursement(loan_id))
    [item] = (await history(tenant_client, loan_id))["items"]
    assert item["lines_truncated"] is True
    assert [line.get("loan_id") for line in item["lines"]] == [loan_id]


async def test_what_does_not_exist_is_not_found(tenant_client: TenantClient) -> None:
    with pytest.raises(NotFound):
        await entry(tenant_client, new_id())
    with pytest.raises(NotFound):
        await history(tenant_client, new_id())
