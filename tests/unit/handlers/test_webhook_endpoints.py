"""Endpoints and deliveries as the contract writes them: members without a value left out, `failing` while an entry is."""

from typing import Any

from app.store.queries.webhook_deliveries import DeliveryView
from app.store.queries.webhook_endpoints import EndpointView, LastFailure
from app.webhooks.delivery_store import PendingEntry
from handlers.webhook_endpoints import (
    _delivery_members,
    _endpoint_members,
    create_webhook_endpoint,
    get_webhook_endpoint,
    list_webhook_deliveries,
    redeliver_journal_entries,
)
from tests.support.events import Tenant, disbursement, new_id, noon
from tests.support.webhooks import URL, Webhooks, attempt
from tests.unit.handlers.tenant_client import TenantClient

NOON = "2026-03-31T12:00:00.000000Z"


def view(**facts: Any) -> EndpointView:
    plain: dict[str, Any] = {
        "webhook_endpoint_id": "id",
        "url": URL,
        "event_types": None,
        "description": None,
        "status": "enabled",
        "created_at": noon(),
        "delivered_entries": 3,
        "pending_entries": 2,
        "failing_entries": 0,
        "waiting_entries": 5,
        "last_success_at": None,
        "last_failure": None,
    }
    return EndpointView(**(plain | facts))


def test_an_endpoint_has_the_members_that_have_a_value() -> None:
    plain = {"webhook_endpoint_id": "id", "url": URL, "status": "enabled", "created_at": NOON}
    assert _endpoint_members(view()) == {**plain, "delivered_count": 3, "pending_count": 7}
    failure = LastFailure(noon(), "entry", None, "timeout")
    shown = _endpoint_members(view(failing_entries=1, last_success_at=noon(), last_failure=failure, description=""))
    assert (shown["status"], shown["last_success_at"], shown["description"]) == ("failing", NOON, "")
    assert shown["last_failure"] == {"at": NOON, "journal_entry_id": "entry", "error": "timeout"}
    assert _endpoint_members(view(failing_entries=1, status="disabled"))["status"] == "disabled"


def test_a_delivery_has_the_members_that_have_a_value() -> None:
    plain = {"journal_entry_id": "entry", "event_type": "accrual", "status": "pending", "attempt_count": 0}
    assert _delivery_members(DeliveryView("entry", "accrual", "pending")) == plain


async def test_what_was_delivered_is_told_by_the_endpoint_and_its_deliveries(tenant_client: TenantClient) -> None:
    entry_id = (await Tenant(tenant_client.services.writer, tenant_client.tenant_id).post(disbursement(new_id())))[
        "journal_entry_id"
    ]
    made = await tenant_client.ask(
        create_webhook_endpoint, tenant_client.call("createWebhookEndpoint", {"url": URL, "starts": "beginning"})
    )
    assert (made[0].status, made[1]["pending_count"]) == (201, 1)
    endpoint_id = made[1]["webhook_endpoint_id"]
    webhooks = Webhooks(tenant_client.services.store, tenant_client.tenant_id)
    lease = await webhooks.lease(endpoint_id)
    entry = PendingEntry(entry_id, "disbursement", noon(), None)
    await webhooks.deliveries.record([attempt(lease, entry, "failed")], {})
    call = tenant_client.call("listWebhookDeliveries", webhook_endpoint_id=endpoint_id)
    [delivery] = (await tenant_client.ask(list_webhook_deliveries, call))[1]["items"]
    assert (delivery["status"], delivery["error"], delivery["attempt_count"]) == ("failed", "timeout", 1)
    shown = (
        await tenant_client.ask(get_webhook_endpoint, tenant_client.call("getWebhookEndpoint", webhook_endpoint_id=endpoint_id))
    )[1]
    assert (shown["pending_count"], shown["last_failure"]["journal_entry_id"]) == (0, entry_id)
    again = tenant_client.call("redeliverJournalEntries", {"journal_entry_id": entry_id}, webhook_endpoint_id=endpoint_id)
    assert (await tenant_client.ask(redeliver_journal_entries, again))[1]["entry_count"] == 1
