from typing import Any
from urllib.parse import quote
from uuid import UUID

from ...call import Call, new_key
from ...models.redelivery import Redelivery
from ...models.redelivery_request import RedeliveryRequest
from ...types import UNSET, Unset


def redeliver_journal_entries(
    webhook_endpoint_id: UUID,
    body: RedeliveryRequest,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[Redelivery]:
    """Send journal entries again: POST /webhook-endpoints/{webhook_endpoint_id}/redeliveries

    Sends one entry again, or all that were posted between two moments, both inclusive; of the event types of the
    endpoint, and also entries from before its start. Their attempts begin anew."""
    idempotency_key = idempotency_key or new_key("redeliver_journal_entries")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/webhook-endpoints/{webhook_endpoint_id}/redeliveries".format(
            webhook_endpoint_id=quote(str(webhook_endpoint_id), safe=""),
        ),
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: Redelivery.from_dict,
            201: Redelivery.from_dict,
        },
    )
