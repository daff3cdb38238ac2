"""A thin client for tests: each call has sensible defaults and an idempotency key of its own, and returns the bare response."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import httpx

Body = dict[str, Any]
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Tests speak plain HTTP; httpx would read all the certificates of the machine for every client."""


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def new_id() -> str:
    return str(uuid4())


class LedgerClient:
    """`loan_id`s default to new ones; a borrower is remembered with the loan it was first named for."""

    def __init__(self, url: str, token: str, tenant_id: str, transport: httpx.BaseTransport | None = None) -> None:
        self.tenant_id = tenant_id
        self.token = token
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(
            base_url=f"{url}/v1", headers=headers, timeout=30, verify=NO_TLS, trust_env=False, transport=transport
        )
        self._borrowers: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.http.close()

    def borrower(self, loan_id: str) -> str:
        return self._borrowers.setdefault(loan_id, new_id())

    def post(self, path: str, body: Any, key: str | None = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        sent = {"Idempotency-Key": key or f"test:{uuid4()}", **(headers or {})}
        return self.http.post(path, json=body, headers=sent)

    def get(self, path: str, **parameters: str | int) -> httpx.Response:
        return self.http.get(path, params=parameters)

    def open_loan(self, amount_minor: int | str = 1_000_000, effective_at: str | None = None) -> str:
        """The id of a new loan with this principal."""
        loan_id = new_id()
        response = self.disburse(loan_id, amount_minor, effective_at=effective_at or today())
        assert response.status_code == 201, response.text
        return loan_id

    def disburse(
        self, loan_id: str | None = None, amount_minor: int | str = 1_000_000, key: str | None = None, **fields: Any
    ) -> httpx.Response:
        return self.post("/disbursements", {**self._money(loan_id or new_id(), amount_minor), "method": "ach", **fields}, key)

    def pay(self, loan_id: str, amount_minor: int | str = 88_849, key: str | None = None, **fields: Any) -> httpx.Response:
        return self.post("/payments", {**self._money(loan_id, amount_minor), "source_method": "ach", **fields}, key)

    def accrue(self, loans: Mapping[str, tuple[int | str, int | str]], key: str | None = None, **fields: Any) -> httpx.Response:
        """`loans` maps each loan to its outstanding principal and its interest."""
        batch = {
            "program_id": new_id(),
            "accrual_date": today(),
            "day_count_convention": "ACT_365",
            "loans": [
                {"loan_id": loan_id, "outstanding_principal_minor": str(principal), "interest_minor": str(interest)}
                for loan_id, (principal, interest) in loans.items()
            ],
        }
        return self.post("/accruals/batch", {**batch, **fields}, key)

    def fee(self, loan_id: str, amount_minor: int | str = 500, key: str | None = None, **fields: Any) -> httpx.Response:
        money = {"amount_minor": str(amount_minor), "currency": "USD", "effective_at": today(), "description": "Late fee"}
        return self.post(f"/loans/{loan_id}/fees", {**money, **fields}, key)

    def reverse(self, journal_entry_id: str, key: str | None = None, **fields: Any) -> httpx.Response:
        body = {
            "reverses_entry_id": journal_entry_id,
            "reason_code": "error_correction",
            "reason_description": "posted by mistake",
            "effective_at": today(),
        }
        return self.post("/reversals", {**body, **fields}, key)

    def balance(self, loan_id: str, **parameters: str) -> httpx.Response:
        return self.get(f"/loans/{loan_id}/balance", **parameters)

    def account(self, account_code: str, currency: str = "USD", **parameters: str) -> httpx.Response:
        return self.get(f"/accounts/{account_code}/balance", currency=currency, **parameters)

    def reconciliation(self, **parameters: str) -> httpx.Response:
        return self.get("/reconciliation/status", **parameters)

    def _money(self, loan_id: str, amount_minor: int | str) -> Body:
        return {
            "loan_id": loan_id,
            "borrower_id": self.borrower(loan_id),
            "amount_minor": str(amount_minor),
            "currency": "USD",
            "effective_at": today(),
        }
