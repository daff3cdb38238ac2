"""Posts the sample through the HTTP API (disbursements, accruals, fees, payments) and reads the balances.

Each loan is disbursed on the first of its month. The interest, the fees and the payments that its lender had booked by the date
of the sample are posted as one sum each, on three days after the last disbursement.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

import httpx

from app.demo.loans import SampleLoan

ACCRUED_ON: Final = date(2018, 4, 1)
FEES_ON: Final = date(2018, 4, 2)
PAID_ON: Final = date(2018, 4, 3)
CURRENCY: Final = "USD"
NO_ALLOCATION: Final = {"fees_minor": "0", "interest_minor": "0", "principal_minor": "0", "suspense_minor": "0"}


class DemoFailed(Exception):
    """The server refused a request; the message contains its answer."""


@dataclass(frozen=True, slots=True)
class PlayedLoan:
    """A row of the sample, the allocation of its payment and its balances in the ledger, in cents."""

    loan: SampleLoan
    fees_minor: int
    interest_minor: int
    principal_minor: int
    suspense_minor: int
    principal_outstanding_minor: int
    total_exposure_minor: int

    @property
    def allocation_matches(self) -> bool:
        """Whether the waterfall allocated the payment exactly as the lender did."""
        allocation = (self.fees_minor, self.interest_minor, self.principal_minor, self.suspense_minor)
        return allocation == (self.loan.paid_fees_minor, self.loan.paid_interest_minor, self.loan.paid_principal_minor, 0)

    @property
    def balance_matches(self) -> bool:
        """Whether the ledger's balance equals the sample's balance column, or for a charged-off loan the unpaid principal."""
        expected = self.loan.owed_principal_minor if self.loan.is_charged_off else self.loan.balance_minor
        return self.principal_outstanding_minor == self.total_exposure_minor == expected


class Player:
    """`api` is a client whose base URL ends in /v1. `run` makes the loan ids and idempotency keys of each run different."""

    def __init__(self, api: httpx.Client, run: UUID) -> None:
        self._api = api
        self._run = run

    def play(self, loans: Sequence[SampleLoan], step: Callable[[str], None]) -> list[PlayedLoan]:
        """Calls `step` with the name of the phase after each loan and after the accrual batch. Raises DemoFailed."""
        for loan in loans:
            self._disburse(loan)
            step("lending")
        self._accrue(loans)
        step("accruing")
        for loan in loans:
            self._assess_fees(loan)
            step("assessing fees")
        return list(self._collect(loans, step))

    def reconcile(self) -> dict[str, Any]:
        """The reconciliation status as of today."""
        return self._check_answer(self._api.get("/reconciliation/status"))

    def _collect(self, loans: Sequence[SampleLoan], step: Callable[[str], None]) -> Iterator[PlayedLoan]:
        for loan in loans:
            allocation = self._pay(loan)
            balance = self._check_answer(self._api.get(f"/loans/{loan.loan_id(self._run)}/balance"))
            yield PlayedLoan(
                loan,
                fees_minor=int(allocation["fees_minor"]),
                interest_minor=int(allocation["interest_minor"]),
                principal_minor=int(allocation["principal_minor"]),
                suspense_minor=int(allocation["suspense_minor"]),
                principal_outstanding_minor=int(balance["principal_outstanding_minor"]),
                total_exposure_minor=int(balance["total_exposure_minor"]),
            )
            step("taking payments")

    def _disburse(self, loan: SampleLoan) -> None:
        posting = self._posting_fields(loan, loan.amount_minor, loan.issued_on)
        self._post("/disbursements", f"disburse:{loan.row}", {**posting, "borrower_id": loan.borrower_id(), "method": "ach"})

    def _accrue(self, loans: Sequence[SampleLoan]) -> None:
        accrued = [
            {
                "loan_id": loan.loan_id(self._run),
                "outstanding_principal_minor": str(loan.amount_minor),
                "interest_minor": str(loan.paid_interest_minor),
            }
            for loan in loans
            if loan.paid_interest_minor
        ]
        batch = {
            "program_id": str(uuid5(self._run, "program")),
            "accrual_date": ACCRUED_ON.isoformat(),
            "day_count_convention": "ACT_365",
            "loans": accrued,
        }
        self._post("/accruals/batch", "accrue", batch)

    def _assess_fees(self, loan: SampleLoan) -> None:
        if not loan.paid_fees_minor:
            return
        fee = self._posting_fields(loan, loan.paid_fees_minor, FEES_ON)
        del fee["loan_id"]
        self._post(f"/loans/{loan.loan_id(self._run)}/fees", f"fee:{loan.row}", {**fee, "description": "Late fee"})

    def _pay(self, loan: SampleLoan) -> Mapping[str, str]:
        """The allocation of the loan's payment. If nothing was paid, no payment is posted, because its amount may not be zero."""
        if not loan.paid_total_minor:
            return NO_ALLOCATION
        payment = {
            **self._posting_fields(loan, loan.paid_total_minor, PAID_ON),
            "borrower_id": loan.borrower_id(),
            "source_method": "ach",
            "external_ref": f"row {loan.row}",
        }
        allocation: Mapping[str, str] = self._post("/payments", f"pay:{loan.row}", payment)["allocation"]
        return allocation

    def _posting_fields(self, loan: SampleLoan, amount_minor: int, effective_at: date) -> dict[str, Any]:
        return {
            "loan_id": loan.loan_id(self._run),
            "amount_minor": str(amount_minor),
            "currency": CURRENCY,
            "effective_at": effective_at.isoformat(),
        }

    def _post(self, path: str, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._check_answer(self._api.post(path, json=body, headers={"Idempotency-Key": f"demo:{self._run}:{key}"}))

    def _check_answer(self, response: httpx.Response) -> dict[str, Any]:
        if response.is_success:
            answer: dict[str, Any] = response.json()
            return answer
        request = response.request
        raise DemoFailed(f"{request.method} {request.url.path} was answered {response.status_code}: {response.text[:500]}")
