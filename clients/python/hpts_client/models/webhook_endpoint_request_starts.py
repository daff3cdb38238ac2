from typing import Literal

WebhookEndpointRequestStarts = Literal["beginning", "now"]

WEBHOOK_ENDPOINT_REQUEST_STARTS_VALUES: set[WebhookEndpointRequestStarts] = {
    "beginning",
    "now",
}


def check_webhook_endpoint_request_starts(value: str) -> WebhookEndpointRequestStarts:
    if value in WEBHOOK_ENDPOINT_REQUEST_STARTS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WEBHOOK_ENDPOINT_REQUEST_STARTS_VALUES!r}")
