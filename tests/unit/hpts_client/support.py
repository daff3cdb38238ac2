"""Answers as a server gives them, and a client whose server, clock and random numbers are those of the test."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

import httpx

from hpts_client import Call, Client, Retries, api, models

TRACE_ID: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
LOAN_ID: Final = UUID("7d0f5a52-3c1b-4e7a-9a86-2f4d1c0b9e11")
ENTRY_ID: Final = "019ac2a5-6d4b-7c3e-8f21-5b0c9d7e1a34"
POSTED: Final = {"fee_event_id": ENTRY_ID, "journal_entry_id": ENTRY_ID, "posted_at": "2026-11-22T21:40:15.123456Z"}
NOW: Final = 1_800_000_000.0
"""15 January 2027, 08:00:00 UTC."""
Outcome = httpx.Response | httpx.TransportError


def fee_call(key: str | None = None) -> Call[models.FeePosted]:
    fee = models.FeeRequest(amount_minor="500", currency="USD", effective_at=date(2026, 11, 22), description="Late")
    return api.post_fee(LOAN_ID, fee, idempotency_key=key)


def posted(status: int = 201, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=POSTED, headers={"X-Request-Trace": TRACE_ID} | headers)


def problem(status: int, code: str, retry_after: str | None = None, **members: Any) -> httpx.Response:
    document = {"type": f"/problems/{code}", "title": "Title", "status": status, "code": code, "trace_id": TRACE_ID}
    headers = {"Content-Type": "application/problem+json"} | ({} if retry_after is None else {"Retry-After": retry_after})
    return httpx.Response(status, json=document | members, headers=headers)


def page_of_proxy(status: int) -> httpx.Response:
    return httpx.Response(status, html="<h1>Bad gateway</h1>")


class Server:
    """Answers with `outcomes` in turn, the last one again and again; keeps what it was asked and how long the client slept."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.requests: list[httpx.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, httpx.TransportError):
            raise outcome
        return httpx.Response(outcome.status_code, headers=outcome.headers, content=outcome.content)

    def client(self, token: str | Callable[[], str] = "token", **retries: Any) -> Client:
        return Client("http://hpts.test/v1/", token, retries=chosen(**retries), http=self.http(), sleep=self.slept.append)

    def http(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))


def chosen(**retries: Any) -> Retries:
    """Retries that always wait as long as they may."""
    return Retries(now=lambda: NOW, random=lambda: 1.0, **retries)
