"""The chart of accounts: a value that is handed to whoever needs it, the standard accounts first.

The rules post on the standard accounts by their codes, which the contract fixes; names and whether an account exists at all are
asked of the chart.
"""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from app.refusal import NotFound

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


class Account(NamedTuple):
    """`code` is four digits, of which the first tells the kind of account."""

    code: str
    name: str

    @property
    def normal_side(self) -> Direction:
        return normal_side(self.code)


class ChartOfAccounts:
    """Accounts by their code."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._accounts = {account.code: account for account in accounts}

    def codes(self) -> list[str]:
        return list(self._accounts)

    def account(self, code: str) -> Account:
        """Raises NotFound."""
        account = self._accounts.get(code)
        if account is None:
            raise NotFound(f"no account {code}")
        return account


def normal_side(account_code: str) -> Direction:
    """The side on which the account grows: assets (1xxx) and expenses (5xxx) debit, the others credit."""
    return "DR" if account_code[0] in "15" else "CR"


STANDARD_CHART: Final = ChartOfAccounts(
    (
        Account(CASH, "Cash"),
        Account(PAYMENT_CLEARING, "Payment Clearing"),
        Account(PRINCIPAL_RECEIVABLE, "Principal Receivable"),
        Account(INTEREST_RECEIVABLE, "Interest Receivable"),
        Account(FEES_RECEIVABLE, "Fees Receivable"),
        Account(DISBURSEMENT_CLEARING, "Disbursement Clearing"),
        Account(UNAPPLIED_PAYMENTS, "Unapplied Payments"),
        Account(INTEREST_INCOME, "Interest Income"),
        Account(FEE_INCOME, "Fee Income"),
        Account(RECOVERY_INCOME, "Recovery Income"),
        Account(CREDIT_LOSSES, "Credit Losses"),
        Account(FEES_WAIVED, "Fees Waived"),
    )
)
"""The accounts that every tenant has."""
