"""The mock and a live server, asked the same: status class, content type, headers and the shape of the body agree.

What a mock cannot know is which loans exist. Where the live server refuses because of what it holds, the mock is asked for its
answer of that status. What Prism refuses before it looks into the document (a body that is no JSON, an Accept that admits none)
it answers in a shape of its own, so that is not compared.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

import httpx

from app.conformance.example_requests import ContractRequest, broken_requests, example_requests
from app.conformance.example_scenario import story
from app.contract.operations import OperationContract, operations_of, resolved

OF_STATE: Final = (403, 404, 409, 422, 503)
"""Refusals that depend on what the ledger holds or on the token, which a mock does not judge."""
TRANSPORT: Final = frozenset(
    {"alt-svc", "cache-control", "connection", "content-length", "content-security-policy", "content-type", "date", "etag"}
    | {"keep-alive", "referrer-policy", "server", "strict-transport-security", "transfer-encoding", "vary", "via"}
)
"""Headers of HTTP itself, of caches and of gateways, which no document lists."""
OF_OTHERS: Final = ("access-control-", "cf-", "sl-", "x-")
"""How the names begin that gateways and the mock add for themselves."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, and what each of the two answered."""

    what: str
    live: str
    mock: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A request, and where the answers to it differ."""

    request: ContractRequest
    differences: tuple[Difference, ...]


Send = Callable[[ContractRequest], httpx.Response]


class Parity:
    """`live` and `mock` are clients whose base URL ends in the base path; `token` is what both are sent."""

    def __init__(self, document: Mapping[str, Any], live: httpx.Client, mock: httpx.Client, token: str | None) -> None:
        self._document, self._live, self._mock, self._token = document, live, mock, token
        self._operations = operations_of(document)

    def compare(self, writes: bool) -> Iterator[Compared]:
        """Each request that the document gives rise to, in turn; without `writes` only those of safe methods."""
        requests = example_requests(self._document)
        if writes:
            told = list(story(self._document, self._sent))
            for each in told:
                yield self._compared(each.request, each.answer)
            for each in told:
                if each.request.method == "POST":
                    yield self._asked(replace(each.request, name="the same again"))
            requests = [each.request for each in told]
        for request in requests:
            if writes or request.method == "GET":
                yield from map(self._asked, self._variants(request, is_told=writes))

    def _variants(self, request: ContractRequest, is_told: bool) -> Iterator[ContractRequest]:
        if not is_told:
            yield request
        yield from broken_requests(self._document, request)
        if request.needs_token:
            yield replace(request, name="no token", needs_token=False)
        for name in ("loan_id", "journal_entry_id"):
            if name in request.path_parameters and request.method == "GET":
                yield replace(request, name=f"an unknown {name}", path_parameters={name: str(uuid4())})

    def _asked(self, request: ContractRequest) -> Compared:
        return self._compared(request, self._sent(request))

    def _sent(self, request: ContractRequest) -> httpx.Response:
        return self._send(self._live, request, {})

    def _compared(self, request: ContractRequest, live: httpx.Response) -> Compared:
        is_chosen = live.is_success or live.status_code in OF_STATE
        mock = self._send(self._mock, request, {"Prefer": f"code={live.status_code}"} if is_chosen else {})
        return Compared(request, tuple(self._differences(self._operations[request.operation_id], live, mock)))

    def _send(self, client: httpx.Client, request: ContractRequest, more: Mapping[str, str]) -> httpx.Response:
        headers = {**request.headers, **more}
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
        headers = [_listed(self._undeclared(operation, live)), _listed(self._undeclared(operation, mock))]
        if headers[0] != headers[1]:
            yield Difference("headers missing or undeclared", *headers)
        faults = [self._fault(operation, each) for each in (live, mock)]
        if faults[0] != faults[1]:
            yield Difference("body", *(fault or "fits the document" for fault in faults))
        kinds = _shared_kinds(_read(live), _read(mock))
        yield from (Difference(f"type of {place}", ours, theirs) for place, ours, theirs in kinds if ours != theirs)

    def _undeclared(self, operation: OperationContract, answer: httpx.Response) -> set[str]:
        """Headers that are there and not declared, and those that are required and not there."""
        responses = self._document["paths"][operation.path][operation.method.lower()]["responses"]
        if str(answer.status_code) not in responses:
            return set()
        declared = resolved(self._document, responses[str(answer.status_code)]).get("headers", {})
        required = {name.lower() for name, each in declared.items() if resolved(self._document, each).get("required")}
        present = {name for name in map(str.lower, answer.headers) if name not in TRANSPORT and not name.startswith(OF_OTHERS)}
        return {f"+{name}" for name in present - {name.lower() for name in declared}} | {
            f"-{name}" for name in required - present
        }

    def _fault(self, operation: OperationContract, answer: httpx.Response) -> str | None:
        checker = operation.responses.get((answer.status_code, answer.headers.get("content-type", "").partition(";")[0].lower()))
        return checker.check(_read(answer)) if checker else f"{answer.status_code} is not declared"


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _read(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _shared_kinds(ours: Any, theirs: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Place and types of everything that both bodies have; of a list, its first item."""
    yield place or "/", type(ours).__name__, type(theirs).__name__
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in ours.keys() & theirs.keys():
            yield from _shared_kinds(ours[name], theirs[name], f"{place}/{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and ours and theirs:
        yield from _shared_kinds(ours[0], theirs[0], f"{place}/0")
