from typing import Any

from ...call import Call, new_key
from ...models.payment_posted import PaymentPosted
from ...models.payment_request import PaymentRequest
from ...types import UNSET, Unset


def post_payment(
    body: PaymentRequest,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[PaymentPosted]:
    """Post a payment: POST /payments

    Debits payment clearing and credits the loan's fees, then interest, then principal; what is left waits in
    suspense. A payment dated in the past pays only what was owed on its own day and still is."""
    idempotency_key = idempotency_key or new_key("post_payment")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/payments",
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: PaymentPosted.from_dict,
            201: PaymentPosted.from_dict,
        },
    )
