"""Requests of which everything is right: bodies as the contract shapes them, about a loan that there is."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx

from app.contract.routing_view import BASE_PATH
from tests.corpora.string_places import Place
from tests.corpora.wire import Wire
from tests.support.client import LedgerClient, new_id, today
from tests.support.problems import contract
from tests.support.schema_cases.cases import whole
from tests.support.schema_cases.roots import roots

ROOTS: Final = {root.uses[0].operation_id: root for root in roots() if root.kind == "request"}
PLENTY_MINOR: Final = 10**12


class Living:
    """`values` are those that a field of this name, or a parameter, must have so that the request succeeds."""

    def __init__(self, wire: Wire, client: LedgerClient) -> None:
        loan_id = client.open_loan(PLENTY_MINOR)
        self.wire = wire
        self.values: Mapping[str, Any] = {
            "loan_id": loan_id,
            "borrower_id": client.borrower(loan_id),
            "reverses_entry_id": new_id(),
            "journal_entry_id": new_id(),
            "account_code": "1100",
            "currency": "USD",
            "amount_minor": "1",
            "effective_at": today(),
            "accrual_date": today(),
        }

    def body(self, operation_id: str) -> dict[str, Any]:
        """With every field, of a loan that there is."""
        return dict(self._alive(whole(ROOTS[operation_id].node)))

    def renewed(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body; that of a reversal with an entry that nobody has reversed."""
        if "reverses_entry_id" not in body:
            return body
        answer = self.post("postFee", self.body("postFee"))
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return body | {"reverses_entry_id": answer.json()["journal_entry_id"]}

    def post(self, operation_id: str, body: Any, headers: Mapping[str, bytes] | None = None) -> httpx.Response:
        """The body as it is when it is bytes already."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._send(operation_id, self._path(operation_id), headers, content)

    def entry(self, journal_entry_id: str) -> dict[str, Any]:
        path = self._path("getJournalEntry", journal_entry_id=journal_entry_id)
        return dict(self._send("getJournalEntry", path).json())

    def ask(self, place: Place, encoded: str) -> httpx.Response:
        """With this text, encoded already, in a place of the URL."""
        operation = contract().operations[place.use.operation_id]
        query = {each.name: self.values[each.name] for each in operation.parameters if each.location == "query" and each.required}
        if place.location == "query":
            query[place.field] = encoded
        path = self._path(operation.operation_id, **({place.field: encoded} if place.location == "path" else {}))
        written = "&".join(f"{name}={value}" for name, value in query.items())
        return self._send(operation.operation_id, f"{path}?{written}" if written else path)

    def head(self, operation_id: str, headers: Mapping[str, bytes]) -> httpx.Response:
        """With these headers."""
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
        return contract().operations[operation_id].path.format_map({**self.values, **parameters})

    def _alive(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._alive(each) for each in value]
        if isinstance(value, dict):
            return {name: self.values.get(name, self._alive(member)) for name, member in value.items()}
        return value
