"""Requests that are valid in everything: bodies with every member of the contract, about a loan that owes principal and fees."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import httpx

from app.contract.routing_view import BASE_PATH
from tests.corpora.string_places import Place
from tests.corpora.wire import Wire
from tests.support.administration import ADMINISTRATION_BY_ID, CREATION
from tests.support.client import LedgerClient, new_id
from tests.support.postings import BY_OPERATION_ID, Body, Facts, Posting
from tests.support.problems import contract
from tests.support.schema_cases.cases import complete_value
from tests.support.schema_cases.roots import roots

ROOTS: Final = {root.uses[0].operation_id: root for root in roots() if root.kind == "request"}
PLENTY_MINOR: Final = 10**12


class ValidRequests:
    """`parameters` are values of path and query parameters with which every request succeeds."""

    def __init__(self, wire: Wire, client: LedgerClient) -> None:
        self.loan_id = client.open_loan(PLENTY_MINOR)
        assert client.fee(self.loan_id, PLENTY_MINOR).status_code == httpx.codes.CREATED
        self.wire = wire
        self.client = client
        self.endpoint_id = self._new_endpoint()
        self.parameters: Mapping[str, str] = {
            "webhook_endpoint_id": self.endpoint_id,
            "loan_id": self.loan_id,
            "journal_entry_id": new_id(),
            "account_code": "1100",
            "currency": "USD",
        }

    def body(self, operation_id: str) -> dict[str, Any]:
        """With every member. One that refers to an entry names one that does not exist: see `body_to_post`."""
        if operation_id in ADMINISTRATION_BY_ID:
            return _complete_request(operation_id, ADMINISTRATION_BY_ID[operation_id].body())
        return _complete_body(BY_OPERATION_ID[operation_id], self.client.facts(self.loan_id, amount_minor=1))

    def body_to_post(self, operation_id: str) -> dict[str, Any]:
        """The same, with an entry that was posted for it where it refers to one."""
        if operation_id in ADMINISTRATION_BY_ID:
            return self.body(operation_id)
        posting = BY_OPERATION_ID[operation_id]
        return _complete_body(posting, replace(self.client.facts_for(posting, self.loan_id), amount_minor=1))

    def post(self, operation_id: str, body: Any, headers: Mapping[str, bytes] | None = None) -> httpx.Response:
        """Posts the body, as JSON unless it is bytes already."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._send(operation_id, self._path(operation_id), headers, content)
        if operation_id == CREATION.operation_id and answer.status_code == httpx.codes.CREATED:
            self._disable(answer.json()["webhook_endpoint_id"])
        return answer

    def entry(self, journal_entry_id: str) -> dict[str, Any]:
        path = self._path("getJournalEntry", journal_entry_id=journal_entry_id)
        return dict(self._send("getJournalEntry", path).json())

    def endpoint(self, webhook_endpoint_id: str) -> dict[str, Any]:
        path = self._path("getWebhookEndpoint", webhook_endpoint_id=webhook_endpoint_id)
        return dict(self._send("getWebhookEndpoint", path).json())

    def _new_endpoint(self) -> str:
        made = self.client.post(CREATION.path, CREATION.body())
        return str(made.json()["webhook_endpoint_id"])

    def _disable(self, endpoint_id: str) -> None:
        """To make room for the next: a tenant has a few that are not disabled."""
        assert self.client.post(f"{CREATION.path}/{endpoint_id}/disable", {}).status_code == httpx.codes.CREATED

    def ask(self, place: Place, encoded: str) -> httpx.Response:
        """A GET with this text, already percent-encoded, in a place of the URL."""
        operation = contract().operations[place.use.operation_id]
        query = {
            each.name: self.parameters[each.name] for each in operation.parameters if each.location == "query" and each.required
        }
        if place.location == "query":
            query[place.field] = encoded
        path = self._path(operation.operation_id, **({place.field: encoded} if place.location == "path" else {}))
        written = "&".join(f"{name}={value}" for name, value in query.items())
        return self._send(operation.operation_id, f"{path}?{written}" if written else path)

    def head(self, operation_id: str, headers: Mapping[str, bytes]) -> httpx.Response:
        """A valid request with these headers."""
        return self._send(operation_id, self._path(operation_id), headers)

    def _send(
        self, operation_id: str, target: str, headers: Mapping[str, bytes] | None = None, body: bytes | None = None
    ) -> httpx.Response:
        method = contract().operations[operation_id].method
        if method == "GET":
            return self.wire.send(method, BASE_PATH + target, (headers or {}).items())
        if body is None:
            body = json.dumps(self.body(operation_id)).encode()
        own = {"Content-Type": b"application/json", "Idempotency-Key": new_id().encode()}
        return self.wire.send(method, BASE_PATH + target, (own | dict(headers or {})).items(), body)

    def _path(self, operation_id: str, **parameters: str) -> str:
        return contract().operations[operation_id].path.format_map({**self.parameters, **parameters})


def _complete_body(posting: Posting, facts: Facts) -> dict[str, Any]:
    """Every member that the contract has, with a plain value where the table of postings has none."""
    return _complete_request(posting.operation_id, posting.body(facts))


def _complete_request(operation_id: str, valid: Body) -> Body:
    return dict(_overlay(complete_value(ROOTS[operation_id].node), valid))


def _overlay(plain: Any, valid: Any) -> Any:
    """`valid`, with the members of objects, at any depth, that only `plain` has."""
    if isinstance(valid, dict):
        return {name: _overlay(member, valid.get(name, member)) for name, member in plain.items()}
    if isinstance(valid, list):
        return [_overlay(*pair) for pair in zip(plain, valid, strict=True)]
    return valid
