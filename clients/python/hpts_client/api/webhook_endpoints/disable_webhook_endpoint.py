from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import Call, new_key
from ...models.no_facts import NoFacts
from ...models.webhook_endpoint import WebhookEndpoint
from ...types import UNSET, Unset


def disable_webhook_endpoint(
    webhook_endpoint_id: UUID,
    body: NoFacts,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[WebhookEndpoint]:
    """Disable a webhook endpoint: POST /webhook-endpoints/{webhook_endpoint_id}/disable

    Nothing more is sent; entries go on piling up in `pending_count`. Attempts that are under way are still
    counted."""
    idempotency_key = idempotency_key or new_key("disable_webhook_endpoint")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/webhook-endpoints/{webhook_endpoint_id}/disable".format(
            webhook_endpoint_id=quote(str(webhook_endpoint_id), safe=""),
        ),
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: WebhookEndpoint.from_dict,
            201: WebhookEndpoint.from_dict,
        },
    )
