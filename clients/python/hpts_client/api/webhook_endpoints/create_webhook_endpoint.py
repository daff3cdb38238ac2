from typing import Any

from ...call import Call, new_key
from ...models.webhook_endpoint import WebhookEndpoint
from ...models.webhook_endpoint_request import WebhookEndpointRequest
from ...types import UNSET, Unset


def create_webhook_endpoint(
    body: WebhookEndpointRequest,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[WebhookEndpoint]:
    """Make a webhook endpoint: POST /webhook-endpoints

    From now on, or from the first entry on, every journal entry of the tenant is sent to the URL as the webhook
    `journalEntryPosted`. A tenant has 16 endpoints that are not disabled at most; two endpoints may have the same
    URL.

    The URL is https and leads to a public address, without credentials and fragment. Literal addresses in any
    spelling are checked here, and those that its name resolves to before each delivery."""
    idempotency_key = idempotency_key or new_key("create_webhook_endpoint")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/webhook-endpoints",
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: WebhookEndpoint.from_dict,
            201: WebhookEndpoint.from_dict,
        },
    )
