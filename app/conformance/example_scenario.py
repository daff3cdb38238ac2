"""Sends the document's examples as one scenario: a webhook endpoint is made, a loan is disbursed, accrues, gets a fee and a
payment, both are read, and the payment is reversed; then the remaining events happen to the loan, which owes everything again,
and to the endpoint.

All examples are about one loan and one endpoint. Each run replaces its ids with new ones, so that the same ledger accepts the
scenario again; the endpoint is disabled in the end.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

import httpx

from app.conformance.example_requests import ContractRequest, example_requests

PAYMENT_OPERATION: Final = "postPayment"
REVERSAL_OPERATION: Final = "postReversal"
ENDPOINT_OPERATION: Final = "createWebhookEndpoint"
ENDPOINT_ID: Final = "webhook_endpoint_id"
OWED_WHEN_PAID: Final = ("postDisbursement", "postAccrualBatch", "postFee")
"""What the payment's published allocation rests on: no other event may change what the loan owes before the payment."""
IDEMPOTENCY_KEY_HEADER: Final = "Idempotency-Key"
_ORDER: Final = (ENDPOINT_OPERATION, *OWED_WHEN_PAID, PAYMENT_OPERATION, "reads", REVERSAL_OPERATION)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of the scenario, and the answer to it."""

    request: ContractRequest
    answer: httpx.Response


def example_scenario(document: Mapping[str, Any], send: Callable[[ContractRequest], httpx.Response]) -> Iterator[Exchange]:
    """Sends every example, in an order in which a ledger accepts all of them; the reversal names the payment's own entry."""
    requests = sorted(example_requests(document), key=_position)
    id_map = _new_ids(requests, PAYMENT_OPERATION, ("loan_id", "borrower_id"))
    entry_ids = _new_ids(requests, REVERSAL_OPERATION, ("reverses_entry_id",))
    endpoint_ids = {each.path_parameters[ENDPOINT_ID] for each in requests if ENDPOINT_ID in each.path_parameters}
    for example in requests:
        request = _replace_ids(example, id_map)
        if IDEMPOTENCY_KEY_HEADER in request.headers:
            request = replace(request, headers={**request.headers, IDEMPOTENCY_KEY_HEADER: f"example:{uuid4()}"})
        answer = send(request)
        yield Exchange(request, answer)
        if request.operation_id == PAYMENT_OPERATION and answer.is_success:
            id_map |= dict.fromkeys(entry_ids, answer.json()["journal_entry_id"])
        if request.operation_id == ENDPOINT_OPERATION and answer.is_success:
            id_map |= dict.fromkeys(endpoint_ids, answer.json()[ENDPOINT_ID])


def _position(request: ContractRequest) -> int:
    """An endpoint, what the payment rests on, the payment, what reads, its reversal, the others in the order of the document."""
    if request.method != "POST":
        return _ORDER.index("reads")
    return _ORDER.index(request.operation_id) if request.operation_id in _ORDER else len(_ORDER)


def _new_ids(requests: list[ContractRequest], operation_id: str, fields: tuple[str, ...]) -> dict[str, str]:
    """A new id for each id that the operation's first example has in `fields`."""
    body = next(each.body for each in requests if each.operation_id == operation_id)
    return {body[field]: str(uuid4()) for field in fields}


def _replace_ids(request: ContractRequest, id_map: Mapping[str, str]) -> ContractRequest:
    text = json.dumps([dict(request.path_parameters), request.body])
    for old, new in id_map.items():
        text = text.replace(old, new)
    path_parameters, body = json.loads(text)
    return replace(request, path_parameters=path_parameters, body=body)
