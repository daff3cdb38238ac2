"""The document's examples as one story: a loan is lent, accrues, is charged a fee, is paid and read; the payment is taken back.

The examples speak of one loan. A story speaks of a new one, so that it can be told again to the same ledger.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

import httpx

from app.conformance.example_requests import ContractRequest, example_requests

FIRST: Final = ("postDisbursement", "postAccrualBatch", "postFee", "postPayment")
LAST: Final = "postReversal"
KEY: Final = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class Told:
    """A request of the story and its answer."""

    request: ContractRequest
    answer: httpx.Response


def story(document: Mapping[str, Any], send: Callable[[ContractRequest], httpx.Response]) -> Iterator[Told]:
    """Sends every example in an order in which a ledger can accept it; later ones name the payment's own entry."""
    requests = sorted(example_requests(document), key=_place)
    names = _named(requests, "postPayment", ("loan_id", "borrower_id"))
    entry = _named(requests, LAST, ("reverses_entry_id",))
    for request in requests:
        told = _renamed(request, names)
        if KEY in told.headers:
            told = replace(told, headers={**told.headers, KEY: f"example:{uuid4()}"})
        answer = send(told)
        yield Told(told, answer)
        if request.operation_id == "postPayment" and answer.is_success:
            names |= dict.fromkeys(entry, answer.json()["journal_entry_id"])


def _place(request: ContractRequest) -> int:
    if request.operation_id in FIRST:
        return FIRST.index(request.operation_id)
    return len(FIRST) + (request.operation_id == LAST)


def _named(requests: list[ContractRequest], operation_id: str, fields: tuple[str, ...]) -> dict[str, str]:
    """A new id for each id that the operation's example has in `fields`."""
    body = next(each.body for each in requests if each.operation_id == operation_id)
    return {body[field]: str(uuid4()) for field in fields}


def _renamed(request: ContractRequest, names: Mapping[str, str]) -> ContractRequest:
    text = json.dumps([dict(request.path_parameters), request.body])
    for old, new in names.items():
        text = text.replace(old, new)
    path_parameters, body = json.loads(text)
    return replace(request, path_parameters=path_parameters, body=body)
