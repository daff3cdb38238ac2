from typing import Any

from ...call import PagedCall
from ...models.webhook_endpoint import WebhookEndpoint
from ...models.webhook_endpoint_page import WebhookEndpointPage
from ...types import UNSET, Unset


def list_webhook_endpoints(
    *,
    page_size: int | Unset = 50,
    page_token: str | Unset = UNSET,
) -> PagedCall[WebhookEndpointPage, WebhookEndpoint]:
    """Webhook endpoints: GET /webhook-endpoints

    The tenant's endpoints, the newest first."""

    params: dict[str, Any] = {}

    params["page_size"] = page_size

    params["page_token"] = page_token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return PagedCall(
        method="GET",
        path="/webhook-endpoints",
        query=params,
        readers={
            200: WebhookEndpointPage.from_dict,
        },
        token_name="page_token",
        items_of=lambda page: page.items,
        token_of=lambda page: page.next_page_token,
    )
