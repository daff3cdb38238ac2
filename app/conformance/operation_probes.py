"""Sends every operation requests that have to succeed, and some that have to be refused, and checks each answer completely.

A deployment on which an operation never succeeds was not checked: a required field may be gone from an answer that nobody saw.
Loans and entries are found from those that are given, or with `writes` posted as the examples of the document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import httpx

from app.conformance.answer_check import decode_body, violations
from app.conformance.example_requests import ContractRequest, example_requests
from app.conformance.example_scenario import Exchange, example_scenario
from app.contract.operations import operations_of

LOAN_HISTORY: Final = "listLoanJournalEntries"
ENDPOINTS: Final = "listWebhookEndpoints"
ENTRY: Final = "getJournalEntry"
REPEATED: Final = "the same again"
OTHER_METHOD: Final = "TRACE"
WITHOUT_TOKEN: Final = "no token"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """`failures` describe answers that break the document; `unseen` are operations that never succeeded."""

    failures: tuple[str, ...]
    unseen: tuple[str, ...]
    answers: int


@dataclass(slots=True)
class OperationProbes:
    """`client` has the base URL of the deployment; `loans` and `entries` are ids that exist and may be read."""

    document: Mapping[str, Any]
    client: httpx.Client
    token: str | None
    loans: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    writes: bool = False
    _endpoints: tuple[str, ...] = ()
    _succeeded: set[str] = field(default_factory=set)

    def run(self) -> ProbeResult:
        operations = operations_of(self.document)
        failures, count = [], 0
        for request, answer in ((each.request, each.answer) for each in self._exchanges()):
            count += 1
            if answer.is_success:
                self._succeeded.add(request.operation_id)
            failures += [f"{request}: answered {answer.status_code}: {each}" for each in _unexpected(request, answer)]
            if request.method == operations[request.operation_id].method:
                found = violations(self.document, operations[request.operation_id], answer)
                failures += [f"{request}: answered {answer.status_code}: {each}" for each in found]
        wanted = [name for name, operation in operations.items() if self.writes or operation.method == "GET"]
        return ProbeResult(tuple(failures), tuple(name for name in wanted if name not in self._succeeded), count)

    def _exchanges(self) -> Iterator[Exchange]:
        if self.writes:
            exchanges = list(example_scenario(self.document, self._send))
            yield from exchanges
            posted = [each.request for each in exchanges if each.request.method == "POST" and each.answer.is_success]
            yield from (self._exchange(replace(each, name=REPEATED)) for each in posted)
        else:
            yield from self._reads()
        for request in example_requests(self.document):
            if request.needs_token and (self.writes or request.method == "GET"):
                yield self._exchange(replace(request, name=WITHOUT_TOKEN, needs_token=False))
        for path, request in {each.template: each for each in example_requests(self.document)}.items():
            if OTHER_METHOD.lower() not in self.document["paths"][path]:
                yield self._exchange(replace(request, name="a method that is not allowed", method=OTHER_METHOD))

    def _reads(self) -> Iterator[Exchange]:
        """The history of a loan names an entry and an entry names a loan, so that one of the two is read first."""
        first = ENTRY if self.entries and not self.loans else LOAN_HISTORY
        requests = [each for each in example_requests(self.document) if each.method == "GET"]
        for request in sorted(
            requests, key=lambda each: (each.operation_id not in (first, ENDPOINTS), each.operation_id != ENTRY)
        ):
            exchange = self._exchange(self._about_known(request))
            self._learn(exchange.answer)
            yield exchange

    def _about_known(self, request: ContractRequest) -> ContractRequest:
        known = {"loan_id": self.loans, "journal_entry_id": self.entries, "webhook_endpoint_id": self._endpoints}
        found = {name: known[name][0] for name in request.path_parameters if known.get(name)}
        query = {} if request.operation_id == LOAN_HISTORY else request.query
        return replace(request, path_parameters={**request.path_parameters, **found}, query=query)

    def _learn(self, answer: httpx.Response) -> None:
        body = decode_body(answer) if answer.is_success else None
        if not isinstance(body, dict):
            return
        first = body["items"][0] if body.get("items") else {}
        if not self.entries and "journal_entry_id" in first:
            self.entries = (str(first["journal_entry_id"]),)
        if "webhook_endpoint_id" in first:
            self._endpoints = (str(first["webhook_endpoint_id"]),)
        if not self.loans and isinstance(body.get("lines"), list):
            self.loans = tuple(str(line["loan_id"]) for line in body["lines"] if "loan_id" in line)[:1]

    def _exchange(self, request: ContractRequest) -> Exchange:
        return Exchange(request, self._send(request))

    def _send(self, request: ContractRequest) -> httpx.Response:
        headers = dict(request.headers)
        if request.content_type:
            headers["Content-Type"] = request.content_type
        if request.needs_token and self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return self.client.request(request.method, request.path, params=request.query, headers=headers, content=request.content)


def _unexpected(request: ContractRequest, answer: httpx.Response) -> Iterator[str]:
    """Statuses that the document declares, but not for this request."""
    if request.name == WITHOUT_TOKEN and answer.status_code != httpx.codes.UNAUTHORIZED:
        yield "a request without a token has to be answered 401"
    if request.method == OTHER_METHOD and (answer.status_code, "allow" in answer.headers) != (405, True):
        yield "a method that the document does not have is answered 405, with the header Allow"
    if request.name == REPEATED and answer.status_code != httpx.codes.OK:
        yield "a repeated posting has to be answered 200"
