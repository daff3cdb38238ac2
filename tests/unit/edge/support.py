"""Drives the edge through plain ASGI calls; behind it, handlers that answer what a test has laid out for them."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote

from app.contract.document import Contract
from app.edge.asgi_types import ASGIApp, Headers, Message, Receive, Scope, Send
from app.edge.call import Answer, Call

PACKAGE: Final = "edge_test_handlers"
LOAN: Final = "0198c0de-0000-7000-8000-000000000001"
PAYMENT: Final[dict[str, Any]] = {
    "loan_id": LOAN,
    "borrower_id": "0198c0de-0000-7000-8000-000000000002",
    "amount_minor": "88849",
    "currency": "USD",
    "effective_at": "2026-02-28",
    "source_method": "ach",
}
TYPED_PAYMENT: Final[dict[str, Any]] = PAYMENT | {"amount_minor": 88_849, "effective_at": date(2026, 2, 28)}
"""The same, as a handler is given it."""
POSTED: Final[dict[str, Any]] = {
    "payment_event_id": "0198c0de-0000-7000-8000-000000000003",
    "journal_entry_id": "0198c0de-0000-7000-8000-000000000004",
    "allocation": {"fees_minor": "500", "interest_minor": "10000", "principal_minor": "78349", "suspense_minor": "0"},
    "posted_at": "2026-02-28T21:40:15.123456Z",
}
BALANCE: Final[dict[str, Any]] = {
    "loan_id": LOAN,
    "currency": "USD",
    "as_of_date": "2026-02-28",
    "principal_outstanding_minor": "100",
    "interest_receivable_minor": "20",
    "fees_receivable_minor": "3",
    "total_exposure_minor": "123",
}


class FakeHandlers:
    """Stands where the ledger stands: gives each handler its answer, or raises it, and keeps the calls."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: dict[str, Answer | Exception] = {
            "postPayment": Answer(201, json.dumps(POSTED).encode(), ((b"location", b"/v1/journal-entries/x"),)),
            "getLoanBalance": Answer(200, BALANCE),
            "getLiveness": Answer(200, {"status": "ok", "version": "1.0.0", "git_sha": "unknown"}),
        }

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        answer = self.answers[call.operation_id]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def answer_as_told(call: Call, handlers: FakeHandlers) -> Answer:
    return handlers.answer(call)


def make_handlers(contract: Contract) -> str:
    """A package with a handler for every operation; its name."""
    sys.modules.setdefault(PACKAGE, ModuleType(PACKAGE)).__path__ = []
    for operation in contract.operations.values():
        name = f"{PACKAGE}.{operation.tag}"
        function = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation.operation_id).lower()
        setattr(sys.modules.setdefault(name, ModuleType(name)), function, answer_as_told)
    return PACKAGE


@dataclass(slots=True)
class Reply:
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value.decode() for key, value in self.headers if key == name.encode()), None)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def fields(self) -> set[str]:
        return {error["field"] for error in self.json["errors"]}


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """What lies outside the API."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})


def http_scope(method: str, path: str, headers: Sequence[tuple[bytes, bytes]] = (), query: bytes = b"") -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query,
        "headers": list(headers),
    }


async def send_request(app: ASGIApp, scope: Scope, *chunks: bytes) -> Reply:
    """The body is sent in these chunks; after the last one the client waits for its answer."""
    parts = list(chunks) or [b""]
    reply = Reply()

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert not reply.status, "an answer starts once"
            reply.status = message["status"]
            reply.headers = list(message["headers"])
        else:
            reply.body += message["body"]

    await app(scope, receive, send)
    return reply


class Edge:
    """The whole edge, with a good token at hand."""

    def __init__(self, app: ASGIApp, handlers: FakeHandlers, bearer: str) -> None:
        self.app = app
        self.handlers = handlers
        self.bearer = bearer

    def headers(self, *more: tuple[bytes, bytes], without: str = "") -> Headers:
        """Those of a good POST; `more` are added, never replaced."""
        good = (
            (b"authorization", f"Bearer {self.bearer}".encode()),
            (b"content-type", b"application/json"),
            (b"idempotency-key", b"payment:loan_42:1"),
        )
        return (*(pair for pair in good if pair[0] != without.encode()), *more)

    async def post(
        self, body: Any = None, *more: tuple[bytes, bytes], path: str = "/v1/payments", without: str = "", query: bytes = b""
    ) -> Reply:
        """`body` is a value to be sent as JSON, or the bytes themselves; a good payment when absent."""
        text = body if isinstance(body, bytes) else json.dumps(PAYMENT if body is None else body).encode()
        length = (b"content-length", str(len(text)).encode())
        scope = http_scope("POST", path, self.headers(length, *more, without=without), query)
        return await send_request(self.app, scope, text)

    async def get(self, path: str, *more: tuple[bytes, bytes], query: bytes = b"", without: str = "") -> Reply:
        return await send_request(self.app, http_scope("GET", path, self.headers(*more, without=without), query))
