from urllib.parse import quote
from uuid import UUID

from ...call import Call
from ...models.webhook_endpoint_secret import WebhookEndpointSecret


def get_webhook_endpoint_secret(
    webhook_endpoint_id: UUID,
) -> Call[WebhookEndpointSecret]:
    """The secrets of a webhook endpoint: GET /webhook-endpoints/{webhook_endpoint_id}/secret

    What signs the endpoint's webhooks. After a rotation the previous secret signs too until it expires."""

    return Call(
        method="GET",
        path="/webhook-endpoints/{webhook_endpoint_id}/secret".format(
            webhook_endpoint_id=quote(str(webhook_endpoint_id), safe=""),
        ),
        readers={
            200: WebhookEndpointSecret.from_dict,
        },
    )
