from urllib.parse import quote
from uuid import UUID

from ...call import Call
from ...models.webhook_endpoint import WebhookEndpoint


def get_webhook_endpoint(
    webhook_endpoint_id: UUID,
) -> Call[WebhookEndpoint]:
    """A webhook endpoint: GET /webhook-endpoints/{webhook_endpoint_id}

    An endpoint with its counts, which are exact."""

    return Call(
        method="GET",
        path="/webhook-endpoints/{webhook_endpoint_id}".format(
            webhook_endpoint_id=quote(str(webhook_endpoint_id), safe=""),
        ),
        readers={
            200: WebhookEndpoint.from_dict,
        },
    )
