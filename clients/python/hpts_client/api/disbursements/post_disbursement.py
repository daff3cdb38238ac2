from typing import Any

from ...call import Call, new_key
from ...models.disbursement_posted import DisbursementPosted
from ...models.disbursement_request import DisbursementRequest
from ...types import UNSET, Unset


def post_disbursement(
    body: DisbursementRequest,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[DisbursementPosted]:
    """Post a disbursement: POST /disbursements

    Debits the loan's principal (1100) and credits disbursement clearing (2000). The first disbursement of a loan
    opens it: tenant, borrower and currency are fixed from then on."""
    idempotency_key = idempotency_key or new_key("post_disbursement")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/disbursements",
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: DisbursementPosted.from_dict,
            201: DisbursementPosted.from_dict,
        },
    )
