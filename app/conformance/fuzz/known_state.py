"""What the ledger under test holds, as far as the run knows: its loans, the entries that may be reversed, the keys used up.

It learns from every answer, and posts what a case needs and nobody has posted yet.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final, cast
from uuid import uuid4

from schemathesis.core.transport import Response

from app import limits
from app.conformance.fuzz.wire import Wire

OPENED_DAYS_AGO: Final = 400
PRINCIPAL_MINOR: Final = 10_000_000
KEPT_LOANS: Final = 50
"""Loans of its own that it goes on using."""
CURRENCIES: Final = ("USD", "EUR", "JPY")
SUCCESSES: Final = (200, 201)


@dataclass(frozen=True, slots=True)
class Loan:
    loan_id: str
    borrower_id: str
    currency: str
    opened: date


@dataclass(frozen=True, slots=True)
class Accepted:
    """A posting that was answered 201, as its case had it."""

    path_parameters: dict[str, Any]
    key: str
    body: Any


class World:
    """`follow` is given every answer to a request that the world makes for itself."""

    def __init__(self, wire: Wire, random: Random, follow: Callable[[Response], None]) -> None:
        self._wire, self._random, self._follow = wire, random, follow
        self.loans: dict[str, Loan] = {}
        self.reversible: dict[str, date] = {}
        """Entries that nobody reversed, with the day they count from."""
        self.keys: set[str] = set()
        self.accepted: dict[str, Accepted] = {}
        """The last one of each operation, by its label."""
        self._accruable: list[Loan] = []
        self._accrued_days = 0
        self._run = f":{new_id()[:8]}"

    def learn(self, response: Response) -> None:
        """What the answer to a POST tells."""
        if response.request.method != "POST":
            return
        self.keys.add(str(response.request.headers.get("Idempotency-Key")))
        if response.status_code not in SUCCESSES:
            return
        body, answer = json.loads(cast("bytes", response.request.body)), json.loads(response.content)
        day = date.fromisoformat(body.get("effective_at") or body["accrual_date"])
        if "disbursement_event_id" in answer:
            loan_id = body["loan_id"].lower()
            known = self.loans.get(loan_id)
            opened = min(day, known.opened) if known else day
            self.loans[loan_id] = Loan(loan_id, body["borrower_id"].lower(), body["currency"], opened)
        if "reverses_entry_id" in answer:
            self.reversible.pop(answer["reverses_entry_id"], None)
        else:
            self.reversible[answer["journal_entry_id"]] = day

    def new_key(self) -> str:
        return f"fuzz:{new_id()}"

    def own_key(self, named: str) -> str:
        """A key that no other run can have used, and this one has not: `named` with the run's name behind it, if that is new."""
        key = named if named.endswith(self._run) else f"{named[: limits.IDEMPOTENCY_KEY_MAX - len(self._run)]}{self._run}"
        return self.new_key() if key in self.keys else key

    def loan(self, named: object) -> Loan:
        """The loan of this id if there is one, else one of our own."""
        known = self.loans.get(str(named).lower())
        if known is not None:
            return known
        own = [loan for loan in self.loans.values() if loan not in self._accruable]
        return self._random.choice(own) if len(own) >= KEPT_LOANS else self._opened_loan(self._random.choice(CURRENCIES))

    def entry(self, named: object) -> tuple[str, date]:
        """The entry of this id if it may be reversed, else a fee that was assessed for this; and the day it counts from."""
        known = self.reversible.get(str(named).lower())
        if known is not None:
            return str(named), known
        loan, day = self.loan(None), today()
        fee = {"amount_minor": "1", "currency": loan.currency, "effective_at": day.isoformat(), "description": "to be reversed"}
        return str(self._post(f"/loans/{loan.loan_id}/fees", fee)["journal_entry_id"]), day

    def accruable(self, count: int) -> tuple[date, list[Loan]]:
        """A day, and `count` loans that have not accrued interest on it; each owes PRINCIPAL_MINOR."""
        if self._accrued_days == OPENED_DAYS_AGO:
            self._accruable, self._accrued_days = [], 0
        while len(self._accruable) < count:
            self._accruable.append(self._opened_loan("USD"))
        day = today() - timedelta(days=self._accrued_days)
        self._accrued_days += 1
        return day, self._accruable[:count]

    def _opened_loan(self, currency: str) -> Loan:
        loan_id, opened = new_id(), today() - timedelta(days=OPENED_DAYS_AGO)
        disbursement = {
            "loan_id": loan_id,
            "borrower_id": new_id(),
            "amount_minor": str(PRINCIPAL_MINOR),
            "currency": currency,
            "effective_at": opened.isoformat(),
            "method": "ach",
        }
        self._post("/disbursements", disbursement)
        return self.loans[loan_id]

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        response = self._wire.post(path, body, self.new_key())
        if response.status_code not in SUCCESSES:
            raise RuntimeError(f"POST {path} of {body} was answered {response.status_code}: {response.content[:500]!r}")
        self.learn(response)
        self._follow(response)
        return json.loads(response.content)


def new_id() -> str:
    """Never the same, whatever the seed: a ledger that was checked before still holds what was posted then."""
    return str(uuid4())


def today() -> date:
    return datetime.now(UTC).date()
