"""Sends the same requests to a live server and to a mock, and compares status class, content type, headers and body types.

A mock does not know which loans exist. When the live server refuses a request because of its state, the mock is asked (with
`Prefer`) for its example of the same status. Requests that Prism refuses before it reads the document, such as a body that is
not JSON, are not sent, because Prism answers them in its own format.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

import httpx

from app.conformance.answer_check import body_violation, decode_body, wrong_headers
from app.conformance.example_requests import ContractRequest, broken_requests, example_requests
from app.conformance.example_scenario import example_scenario
from app.contract.operations import OperationContract, operations_of

STATE_DEPENDENT_STATUSES: Final = (403, 404, 409, 422, 503)
"""Refusals that depend on the state of the ledger or on the token, which a mock does not check."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, and what the live server and the mock answered."""

    what: str
    live: str
    mock: str


@dataclass(frozen=True, slots=True)
class ComparedAnswers:
    """A request, and the differences between the two answers to it."""

    request: ContractRequest
    differences: tuple[Difference, ...]


class Parity:
    """`live` and `mock` are clients whose base URL ends in the base path; both receive `token`."""

    def __init__(self, document: Mapping[str, Any], live: httpx.Client, mock: httpx.Client, token: str | None) -> None:
        self._document, self._live, self._mock, self._token = document, live, mock, token
        self._operations = operations_of(document)

    def compare(self, writes: bool) -> Iterator[ComparedAnswers]:
        """Compares the examples of the document and invalid variants of them; without `writes` only GET requests."""
        requests = example_requests(self._document)
        if writes:
            exchanges = list(example_scenario(self._document, self._send_live))
            for each in exchanges:
                yield self._compare_answers(each.request, each.answer)
            for each in exchanges:
                if each.request.method == "POST":
                    yield self._send_and_compare(replace(each.request, name="the same again"))
            requests = [each.request for each in exchanges]
        for request in requests:
            if writes or request.method == "GET":
                yield from map(self._send_and_compare, self._variants(request, is_sent_already=writes))

    def _variants(self, request: ContractRequest, is_sent_already: bool) -> Iterator[ContractRequest]:
        if not is_sent_already:
            yield request
        yield from broken_requests(self._document, request)
        if request.needs_token:
            yield replace(request, name="no token", needs_token=False)
        for name in ("loan_id", "journal_entry_id"):
            if name in request.path_parameters and request.method == "GET":
                yield replace(request, name=f"an unknown {name}", path_parameters={name: str(uuid4())})

    def _send_and_compare(self, request: ContractRequest) -> ComparedAnswers:
        return self._compare_answers(request, self._send_live(request))

    def _send_live(self, request: ContractRequest) -> httpx.Response:
        return self._send(self._live, request, {})

    def _compare_answers(self, request: ContractRequest, live: httpx.Response) -> ComparedAnswers:
        depends_on_state = live.is_success or live.status_code in STATE_DEPENDENT_STATUSES
        mock = self._send(self._mock, request, {"Prefer": f"code={live.status_code}"} if depends_on_state else {})
        return ComparedAnswers(request, tuple(self._differences(self._operations[request.operation_id], live, mock)))

    def _send(self, client: httpx.Client, request: ContractRequest, extra_headers: Mapping[str, str]) -> httpx.Response:
        headers = {**request.headers, **extra_headers}
        if request.content_type:
            headers["Content-Type"] = request.content_type
        if request.needs_token and self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return client.request(request.method, request.path, params=request.query, headers=headers, content=request.content)

    def _differences(self, operation: OperationContract, live: httpx.Response, mock: httpx.Response) -> Iterator[Difference]:
        if live.status_code // 100 != mock.status_code // 100:
            yield Difference("status", f"{live.status_code} {live.text[:300]}", f"{mock.status_code} {mock.text[:300]}")
            return
        types = [each.headers.get("content-type", "").partition(";")[0].lower() for each in (live, mock)]
        if types[0] != types[1]:
            yield Difference("content type", *types)
        headers = [_join_names(wrong_headers(self._document, operation, each)) for each in (live, mock)]
        if headers[0] != headers[1]:
            yield Difference("headers missing or undeclared", *headers)
        violations = [body_violation(operation, each) for each in (live, mock)]
        if violations[0] != violations[1]:
            yield Difference("body", *(violation or "conforms to the document" for violation in violations))
        types_by_place = _compare_types(decode_body(live), decode_body(mock))
        yield from (Difference(f"type of {place}", *pair) for place, *pair in types_by_place if pair[0] != pair[1])


def _join_names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _compare_types(live: Any, mock: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Pointer and both types of each value that is in both bodies; of a list only the first item."""
    yield place or "/", type(live).__name__, type(mock).__name__
    if isinstance(live, dict) and isinstance(mock, dict):
        for name in live.keys() & mock.keys():
            yield from _compare_types(live[name], mock[name], f"{place}/{name}")
    elif isinstance(live, list) and isinstance(mock, list) and live and mock:
        yield from _compare_types(live[0], mock[0], f"{place}/0")
