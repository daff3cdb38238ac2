from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import Call, new_key
from ...models.fee_posted import FeePosted
from ...models.fee_request import FeeRequest
from ...types import UNSET, Unset


def post_fee(
    loan_id: UUID,
    body: FeeRequest,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[FeePosted]:
    """Assess a fee on a loan: POST /loans/{loan_id}/fees

    Debits the loan's fees receivable (1300) and credits fee income (4100)."""
    idempotency_key = idempotency_key or new_key("post_fee")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/loans/{loan_id}/fees".format(
            loan_id=quote(str(loan_id), safe=""),
        ),
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: FeePosted.from_dict,
            201: FeePosted.from_dict,
        },
    )
