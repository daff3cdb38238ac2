from typing import Any

from ...call import Call, new_key
from ...models.reversal_posted import ReversalPosted
from ...models.reversal_request import ReversalRequest
from ...types import UNSET, Unset


def post_reversal(
    body: ReversalRequest,
    *,
    idempotency_key: str | None = None,
    traceparent: str | Unset = UNSET,
) -> Call[ReversalPosted]:
    """Reverse a journal entry: POST /reversals

    Posts the mirror of an entry and links the two. An entry is reversed once at most, a reversal never, and not
    while later postings rest on it."""
    idempotency_key = idempotency_key or new_key("post_reversal")
    headers: dict[str, Any] = {}
    headers["Idempotency-Key"] = idempotency_key

    if not isinstance(traceparent, Unset):
        headers["traceparent"] = traceparent

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    return Call(
        method="POST",
        path="/reversals",
        headers=headers,
        body=_kwargs["json"],
        readers={
            200: ReversalPosted.from_dict,
            201: ReversalPosted.from_dict,
        },
    )
