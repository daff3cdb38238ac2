"""Reads the sample of 250 loans, with amounts exact to the cent."""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from uuid import NAMESPACE_URL, UUID, uuid5

CHARGED_OFF = "Charged Off"


@dataclass(frozen=True, slots=True)
class SampleLoan:
    """One row; amounts in cents. `balance_minor` is what the lender reported, which is zero once a loan is charged off."""

    row: int
    status: str
    issued_on: date
    amount_minor: int
    balance_minor: int
    paid_total_minor: int
    paid_principal_minor: int
    paid_interest_minor: int
    paid_fees_minor: int

    @property
    def owed_principal_minor(self) -> int:
        """The principal that is not paid, also if the loan is charged off."""
        return self.amount_minor - self.paid_principal_minor

    @property
    def is_charged_off(self) -> bool:
        return self.status == CHARGED_OFF

    def loan_id(self, run: UUID) -> str:
        """Different in each run, so that the same ledger can take the sample again."""
        return str(uuid5(run, f"loan:{self.row}"))

    def borrower_id(self) -> str:
        return str(uuid5(NAMESPACE_URL, f"lending-club-sample:borrower:{self.row}"))


def sample_loans() -> list[SampleLoan]:
    text = files("app.demo").joinpath("lending_club_sample.csv").read_text(encoding="utf-8")
    return [_loan(row) for row in csv.DictReader(text.splitlines())]


def _loan(row: dict[str, str]) -> SampleLoan:
    return SampleLoan(
        row=int(row["row"]),
        status=row["loan_status"],
        issued_on=datetime.strptime(f"01-{row['issue_month']}", "%d-%b-%Y").date(),
        amount_minor=cents(row["loan_amount"]),
        balance_minor=cents(row["balance"]),
        paid_total_minor=cents(row["paid_total"]),
        paid_principal_minor=cents(row["paid_principal"]),
        paid_interest_minor=cents(row["paid_interest"]),
        paid_fees_minor=cents(row["paid_late_fees"]),
    )


def cents(dollars: str) -> int:
    """Raises ValueError instead of rounding."""
    exact = Decimal(dollars) * 100
    if exact != exact.to_integral_value():
        raise ValueError(f"{dollars} is no whole number of cents")
    return int(exact)
