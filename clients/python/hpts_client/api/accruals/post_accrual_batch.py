from typing import Any

from ...call import Call, new_key
from ...models.accrual_batch_posted import AccrualBatchPosted
from ...models.accrual_batch_request import AccrualBatchRequest
from ...types import UNSET, Unset


def post_accrual_batch(
    body: AccrualBatchRequest,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[AccrualBatchPosted]:
    """Post one day's interest for a batch of loans: POST /accruals/batch

    Debits each loan's interest receivable (1200) and credits interest income (4000) once for the total: one
    journal entry, all loans or none. The principal sent for each loan must equal the ledger's as of the accrual
    date."""
    idempotency_key = idempotency_key or new_key("post_accrual_batch")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/accruals/batch",
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: AccrualBatchPosted.from_dict,
            201: AccrualBatchPosted.from_dict,
        },
    )
