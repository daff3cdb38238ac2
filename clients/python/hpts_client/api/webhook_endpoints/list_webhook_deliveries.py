from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import PagedCall
from ...models.delivery_status import DeliveryStatus
from ...models.webhook_delivery import WebhookDelivery
from ...models.webhook_delivery_page import WebhookDeliveryPage
from ...types import UNSET, Unset


def list_webhook_deliveries(
    webhook_endpoint_id: UUID,
    *,
    status: DeliveryStatus | Unset = UNSET,
    journal_entry_id: UUID | Unset = UNSET,
    page_size: int | Unset = 50,
    page_token: str | Unset = UNSET,
) -> PagedCall[WebhookDeliveryPage, WebhookDelivery]:
    """Deliveries to a webhook endpoint: GET /webhook-endpoints/{webhook_endpoint_id}/deliveries

    Every journal entry of the endpoint, also one that waits for its first attempt; the newest posting first."""

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    json_journal_entry_id: str | Unset = UNSET
    if not isinstance(journal_entry_id, Unset):
        json_journal_entry_id = str(journal_entry_id)
    params["journal_entry_id"] = json_journal_entry_id

    params["page_size"] = page_size

    params["page_token"] = page_token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return PagedCall(
        method="GET",
        path="/webhook-endpoints/{webhook_endpoint_id}/deliveries".format(
            webhook_endpoint_id=quote(str(webhook_endpoint_id), safe=""),
        ),
        query=params,
        readers={
            200: WebhookDeliveryPage.from_dict,
        },
        token_name="page_token",
        items_of=lambda page: page.items,
        token_of=lambda page: page.next_page_token,
    )
