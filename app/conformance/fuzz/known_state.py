"""What the run knows of the ledger under test: its loans, the entries that may be reversed, the idempotency keys in use.

It is learnt from every answer. When a case needs a loan or an entry that does not exist yet, it is posted here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final, cast
from uuid import uuid4

from schemathesis.core.transport import Response

from app import clock, limits
from app.conformance.fuzz.deployment_client import DeploymentClient

OPENED_DAYS_AGO: Final = 400
PRINCIPAL_MINOR: Final = 10_000_000
DEBT_MINOR: Final = 10**12
"""Interest, and fees, of an indebted loan: more than the events of a run take from it."""
ENDPOINTS_KEPT: Final = 8
"""Webhook endpoints that are used; of more, the oldest is disabled, since a tenant has few that are not."""
LOANS_KEPT: Final = 50
"""Once so many loans are known, they are reused instead of opening more."""
ENDPOINT_URL: Final = "https://hooks.example.com/fuzz"
CURRENCIES: Final = ("USD", "EUR", "JPY")
SUCCESSES: Final = (200, 201)


@dataclass(frozen=True, slots=True)
class KnownLoan:
    loan_id: str
    borrower_id: str
    currency: str
    opened_on: date


@dataclass(frozen=True, slots=True)
class AcceptedPosting:
    """The request of a case that was answered 201."""

    path_parameters: dict[str, Any]
    key: str
    body: Any


class KnownState:
    """`on_answer` receives every answer to a request that is sent from here.

    `reversible` maps the ids of entries that are not reversed yet to their effective dates; `accepted` holds the last accepted
    posting of each operation, by the label of Schemathesis for it.
    """

    def __init__(self, client: DeploymentClient, random: Random, on_answer: Callable[[Response], None]) -> None:
        self._client, self._random, self._on_answer = client, random, on_answer
        self.loans: dict[str, KnownLoan] = {}
        self.reversible: dict[str, date] = {}
        self.keys: set[str] = set()
        self.endpoints: list[str] = []
        self._knows_earlier_endpoints = False
        self.accepted: dict[str, AcceptedPosting] = {}
        self._accruing: list[KnownLoan] = []
        self._accrued_days = 0
        self._indebted: dict[str, KnownLoan] = {}
        self._key_suffix = f":{new_id()[:8]}"

    def observe(self, response: Response) -> None:
        """Learns from the answer to a POST; other answers change nothing."""
        if response.request.method != "POST":
            return
        self.keys.add(str(response.request.headers.get("Idempotency-Key")))
        if response.status_code not in SUCCESSES:
            return
        body, answer = json.loads(cast("bytes", response.request.body)), json.loads(response.content)
        if "url" in body and answer["webhook_endpoint_id"] not in self.endpoints:
            self.endpoints.append(answer["webhook_endpoint_id"])
        if "journal_entry_id" not in answer:
            return
        effective_on = date.fromisoformat(body.get("effective_at") or body["accrual_date"])
        if "disbursement_event_id" in answer:
            loan_id = body["loan_id"].lower()
            loan = self.loans.get(loan_id)
            opened_on = min(effective_on, loan.opened_on) if loan else effective_on
            self.loans[loan_id] = KnownLoan(loan_id, body["borrower_id"].lower(), body["currency"], opened_on)
        if "reverses_entry_id" in answer:
            self.reversible.pop(answer["reverses_entry_id"], None)
        else:
            self.reversible[answer["journal_entry_id"]] = effective_on

    def new_key(self) -> str:
        return f"fuzz:{new_id()}"

    def unused_key(self, generated: str) -> str:
        """A key that neither this nor an earlier run used: `generated` with the suffix of this run, else a new one."""
        length = limits.IDEMPOTENCY_KEY_MAX - len(self._key_suffix)
        key = generated if generated.endswith(self._key_suffix) else f"{generated[:length]}{self._key_suffix}"
        return self.new_key() if key in self.keys else key

    def find_or_open_loan(self, loan_id: object) -> KnownLoan:
        """The loan with this id if there is one, else one that was opened here."""
        found = self.loans.get(str(loan_id).lower())
        if found is not None:
            return found
        reserved = {*self._accruing, *self._indebted.values()}
        reusable = [loan for loan in self.loans.values() if loan not in reserved]
        if len(reusable) >= LOANS_KEPT:
            return self._random.choice(reusable)
        return self._open_loan(self.any_currency())

    def find_or_post_reversible_entry(self, entry_id: object) -> tuple[str, date]:
        """Id and effective date of the entry with this id if it may be reversed, else of a fee that is posted for it."""
        effective_on = self.reversible.get(str(entry_id).lower())
        if effective_on is not None:
            return str(entry_id), effective_on
        loan, today = self.find_or_open_loan(None), clock.today()
        fee = {
            "amount_minor": "1",
            "currency": loan.currency,
            "effective_at": today.isoformat(),
            "description": "to be reversed",
        }
        return str(self._post(f"/loans/{loan.loan_id}/fees", fee)["journal_entry_id"]), today

    def make_room_for_endpoint(self) -> None:
        """Disables the oldest, those of earlier runs first."""
        if not self._knows_earlier_endpoints:
            self._knows_earlier_endpoints = True
            items = json.loads(self._client.get("/webhook-endpoints", page_size=str(limits.PAGE_SIZE_MAX)).content)["items"]
            earlier = [each for each in items if (each["url"], each["status"]) == (ENDPOINT_URL, "enabled")]
            self.endpoints[:0] = [each["webhook_endpoint_id"] for each in reversed(earlier)]
        while len(self.endpoints) >= ENDPOINTS_KEPT:
            self._post(f"/webhook-endpoints/{self.endpoints.pop(0)}/disable", {})

    def find_or_make_endpoint(self, endpoint_id: object) -> str:
        """The endpoint with this id if it is a known one, else one that was made here or before."""
        if str(endpoint_id).lower() in self.endpoints:
            return str(endpoint_id)
        if not self.endpoints:
            self.make_room_for_endpoint()
            self._post("/webhook-endpoints", {"url": ENDPOINT_URL, "starts": "beginning"})
        return self._random.choice(self.endpoints)

    def loans_to_accrue(self, count: int) -> tuple[date, list[KnownLoan]]:
        """A date, and `count` loans that have no accrual on it; each owes PRINCIPAL_MINOR."""
        if self._accrued_days == OPENED_DAYS_AGO:
            self._accruing, self._accrued_days = [], 0
        while len(self._accruing) < count:
            self._accruing.append(self._open_loan("USD"))
        accrual_date = clock.today() - timedelta(days=self._accrued_days)
        self._accrued_days += 1
        return accrual_date, self._accruing[:count]

    def indebted_loan(self) -> KnownLoan:
        """A loan that has owed DEBT_MINOR of interest and of fees since it was opened, and gets no payment; one a currency."""
        currency = self.any_currency()
        if currency not in self._indebted:
            self._indebted[currency] = self._open_loan(currency)
            self._accrue_and_charge(self._indebted[currency])
        return self._indebted[currency]

    def any_currency(self) -> str:
        """One in which a loan can be opened."""
        return self._random.choice(CURRENCIES)

    def _open_loan(self, currency: str) -> KnownLoan:
        loan_id, opened_on = new_id(), clock.today() - timedelta(days=OPENED_DAYS_AGO)
        disbursement = {
            "loan_id": loan_id,
            "borrower_id": new_id(),
            "amount_minor": str(PRINCIPAL_MINOR),
            "currency": currency,
            "effective_at": opened_on.isoformat(),
            "method": "ach",
        }
        self._post("/disbursements", disbursement)
        return self.loans[loan_id]

    def _accrue_and_charge(self, loan: KnownLoan) -> None:
        principal, debt, opened_on = str(PRINCIPAL_MINOR), str(DEBT_MINOR), loan.opened_on.isoformat()
        accrued = {"loan_id": loan.loan_id, "outstanding_principal_minor": principal, "interest_minor": debt}
        accrual = {"program_id": new_id(), "accrual_date": opened_on, "day_count_convention": "ACT_365", "loans": [accrued]}
        fee = {"amount_minor": debt, "currency": loan.currency, "effective_at": opened_on, "description": "since the opening"}
        self._post("/accruals/batch", accrual)
        self._post(f"/loans/{loan.loan_id}/fees", fee)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        response = self._client.post(path, body, self.new_key())
        if response.status_code not in SUCCESSES:
            raise RuntimeError(f"POST {path} of {body} was answered {response.status_code}: {response.content[:500]!r}")
        self.observe(response)
        self._on_answer(response)
        return json.loads(response.content)


def new_id() -> str:
    """Random whatever the seed, because the ledger may still contain the loans of an earlier run with the same seed."""
    return str(uuid4())
