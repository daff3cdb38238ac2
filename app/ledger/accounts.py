"""The chart of accounts every tenant starts with, and the buckets of a loan that stand behind four of them."""

from enum import IntEnum
from typing import Final, Literal

Direction = Literal["DR", "CR"]
Layer = Literal["SETTLED", "PENDING", "ENCUMBRANCE"]
DEBIT: Final = "DR"
CREDIT: Final = "CR"
SETTLED: Final = "SETTLED"

CASH: Final = "1000"
PAYMENT_CLEARING: Final = "1050"
PRINCIPAL_RECEIVABLE: Final = "1100"
INTEREST_RECEIVABLE: Final = "1200"
FEES_RECEIVABLE: Final = "1300"
DISBURSEMENT_CLEARING: Final = "2000"
UNAPPLIED_PAYMENTS: Final = "2100"
INTEREST_INCOME: Final = "4000"
FEE_INCOME: Final = "4100"
RECOVERY_INCOME: Final = "4200"
CREDIT_LOSSES: Final = "5000"
FEES_WAIVED: Final = "5100"

NAMES: Final[dict[str, str]] = {
    CASH: "Cash",
    PAYMENT_CLEARING: "Payment Clearing",
    PRINCIPAL_RECEIVABLE: "Principal Receivable",
    INTEREST_RECEIVABLE: "Interest Receivable",
    FEES_RECEIVABLE: "Fees Receivable",
    DISBURSEMENT_CLEARING: "Disbursement Clearing",
    UNAPPLIED_PAYMENTS: "Unapplied Payments",
    INTEREST_INCOME: "Interest Income",
    FEE_INCOME: "Fee Income",
    RECOVERY_INCOME: "Recovery Income",
    CREDIT_LOSSES: "Credit Losses",
    FEES_WAIVED: "Fees Waived",
}


class Bucket(IntEnum):
    """A balance that every loan has; none may be negative as of any date."""

    PRINCIPAL = 0
    INTEREST = 1
    FEES = 2
    SUSPENSE = 3


BUCKETS: Final[dict[str, Bucket]] = {
    PRINCIPAL_RECEIVABLE: Bucket.PRINCIPAL,
    INTEREST_RECEIVABLE: Bucket.INTEREST,
    FEES_RECEIVABLE: Bucket.FEES,
    UNAPPLIED_PAYMENTS: Bucket.SUSPENSE,
}


def normal_side(account_code: str) -> Direction:
    """The side on which the account grows: assets (1xxx) and expenses (5xxx) debit, the others credit."""
    return "DR" if account_code[0] in "15" else "CR"
