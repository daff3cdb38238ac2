"""A client for tests: each call has default values and a new idempotency key, and returns the response unchecked."""

import ssl
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import httpx

from tests.support.postings import (
    ACCRUAL_BATCH,
    DISBURSEMENT,
    FEE,
    PAYMENT,
    REVERSAL,
    Facts,
    Posting,
    accrued_loan,
    today_utc,
)
from tests.support.waiting import HANG_SECONDS

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Tests speak plain HTTP; httpx would read all the certificates of the machine for every client."""


def today() -> str:
    return today_utc().isoformat()


def new_id() -> str:
    return str(uuid4())


class LedgerClient:
    """Acts for one tenant. A loan has the same borrower in every call."""

    def __init__(self, url: str, token: str, tenant_id: str, transport: httpx.BaseTransport | None = None) -> None:
        self.tenant_id = tenant_id
        self.token = token
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(
            base_url=f"{url}/v1", headers=headers, timeout=HANG_SECONDS, verify=NO_TLS, trust_env=False, transport=transport
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

    def facts(self, loan_id: str, **more: Any) -> Facts:
        """The facts of a posting on this loan today."""
        return Facts(loan_id, self.borrower(loan_id), **more)

    def facts_for(self, posting: Posting, loan_id: str) -> Facts:
        """Facts with which the posting is accepted: today's principal of the loan, after the posting that has to precede it."""
        principal_minor = int(self.balance(loan_id).json()["principal_outstanding_minor"])
        facts = self.facts(loan_id, principal_minor=principal_minor)
        if posting.after is None:
            return facts
        response = self.send(posting.after, facts)
        assert response.status_code == 201, response.text
        return replace(facts, entry_id=response.json()["journal_entry_id"])

    def send(self, posting: Posting, facts: Facts, key: str | None = None, **fields: Any) -> httpx.Response:
        """Posts a row of the table; `fields` replace members of its body."""
        return self.post(posting.path_for(facts), {**posting.body(facts), **fields}, key)

    def disburse(
        self, loan_id: str | None = None, amount_minor: int | str = 1_000_000, key: str | None = None, **fields: Any
    ) -> httpx.Response:
        amount = {"amount_minor": str(amount_minor)}
        return self.send(DISBURSEMENT, self.facts(loan_id or new_id()), key, **(amount | fields))

    def pay(self, loan_id: str, amount_minor: int | str = 88_849, key: str | None = None, **fields: Any) -> httpx.Response:
        amount = {"amount_minor": str(amount_minor)}
        return self.send(PAYMENT, self.facts(loan_id), key, **(amount | fields))

    def accrue(self, loans: Mapping[str, tuple[int | str, int | str]], key: str | None = None, **fields: Any) -> httpx.Response:
        """`loans` maps each loan to its outstanding principal and its interest."""
        batch = {"loans": [accrued_loan(loan_id, *amounts) for loan_id, amounts in loans.items()]}
        return self.send(ACCRUAL_BATCH, Facts(loan_id=new_id()), key, **(batch | fields))

    def fee(self, loan_id: str, amount_minor: int | str = 500, key: str | None = None, **fields: Any) -> httpx.Response:
        amount = {"amount_minor": str(amount_minor)}
        return self.send(FEE, self.facts(loan_id), key, **(amount | fields))

    def reverse(self, journal_entry_id: str, key: str | None = None, **fields: Any) -> httpx.Response:
        return self.send(REVERSAL, Facts(loan_id=new_id(), entry_id=journal_entry_id), key, **fields)

    def balance(self, loan_id: str, **parameters: str) -> httpx.Response:
        return self.get(f"/loans/{loan_id}/balance", **parameters)

    def account(self, account_code: str, currency: str = "USD", **parameters: str) -> httpx.Response:
        return self.get(f"/accounts/{account_code}/balance", currency=currency, **parameters)

    def reconciliation(self, **parameters: str) -> httpx.Response:
        return self.get("/reconciliation/status", **parameters)
