"""Why the ledger refuses a posting. Each refusal carries its facts; the edge turns them into one problem document.

`code` is a code of the catalogue in openapi/problems.yaml, which gives the status and the title.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One field that is wrong: `field` is a JSON Pointer into the body, or a parameter's name."""

    field: str
    code: str
    message: str


class Refusal(Exception):
    """A posting or read that the rules do not allow; nothing was written."""

    code: ClassVar[str]

    def __init__(self, detail: str, *faults: Fault) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults


class NotFound(Refusal):
    code = "not_found"


class LoanNotFound(Refusal):
    code = "loan_not_found"


class EntryNotFound(Refusal):
    code = "entry_not_found"


class BorrowerMismatch(Refusal):
    code = "borrower_mismatch"


class CurrencyMismatch(Refusal):
    code = "currency_mismatch"


class AmountNotPositive(Refusal):
    code = "amount_not_positive"


class AmountOutOfRange(Refusal):
    code = "amount_out_of_range"


class EffectiveDateInFuture(Refusal):
    code = "effective_date_in_future"


class EffectiveBeforeOpening(Refusal):
    code = "effective_before_opening"


class EffectiveBeforeEntry(Refusal):
    code = "effective_before_entry"


class PrincipalDrift(Refusal):
    code = "principal_drift"


class DuplicateLoan(Refusal):
    code = "duplicate_loan"


class DuplicateAccrual(Refusal):
    code = "duplicate_accrual"


class NotReversible(Refusal):
    code = "not_reversible"


class AlreadyReversed(Refusal):
    code = "already_reversed"


class ReversalBlocked(Refusal):
    """`loan_ids` are the loans that a balance below zero would be left on; `effective_from` the first date it would."""

    code = "reversal_blocked"

    def __init__(self, detail: str, *faults: Fault, loan_ids: tuple[str, ...] = ()) -> None:
        super().__init__(detail, *faults)
        self.loan_ids = loan_ids
