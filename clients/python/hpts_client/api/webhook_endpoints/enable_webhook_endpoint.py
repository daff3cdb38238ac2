from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import Call, new_key
from ...models.no_facts import NoFacts
from ...models.webhook_endpoint import WebhookEndpoint
from ...types import UNSET, Unset


def enable_webhook_endpoint(
    webhook_endpoint_id: UUID,
    body: NoFacts,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[WebhookEndpoint]:
    """Enable a webhook endpoint: POST /webhook-endpoints/{webhook_endpoint_id}/enable

    Goes on where the endpoint stopped: everything pending is due at once, with all its attempts before it."""
    idempotency_key = idempotency_key or new_key("enable_webhook_endpoint")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/webhook-endpoints/{webhook_endpoint_id}/enable".format(
            webhook_endpoint_id=quote(str(webhook_endpoint_id), safe=""),
        ),
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: WebhookEndpoint.from_dict,
            201: WebhookEndpoint.from_dict,
        },
    )
