from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import Call, new_key
from ...models.secret_rotated import SecretRotated
from ...models.secret_rotation_request import SecretRotationRequest
from ...types import UNSET, Unset


def rotate_webhook_endpoint_secret(
    webhook_endpoint_id: UUID,
    body: SecretRotationRequest,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[SecretRotated]:
    """Rotate the secret of a webhook endpoint: POST /webhook-endpoints/{webhook_endpoint_id}/secret-rotations

    Makes a new secret. The one before signs beside it for the hours asked for, and is dropped at once with 0
    hours or by a further rotation."""
    idempotency_key = idempotency_key or new_key("rotate_webhook_endpoint_secret")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/webhook-endpoints/{webhook_endpoint_id}/secret-rotations".format(
            webhook_endpoint_id=quote(str(webhook_endpoint_id), safe=""),
        ),
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: SecretRotated.from_dict,
            201: SecretRotated.from_dict,
        },
    )
