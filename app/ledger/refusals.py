"""Why the rules refuse a posting. The codes are those of openapi/problems.yaml."""

from datetime import date

from app.refusal import FieldError, Refusal


class LoanNotFound(Refusal):
    code = "loan_not_found"


class EntryNotFound(Refusal):
    code = "entry_not_found"


class BorrowerMismatch(Refusal):
    code = "borrower_mismatch"


class CurrencyMismatch(Refusal):
    code = "currency_mismatch"


class CurrencyUnknown(Refusal):
    code = "currency_unknown"


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
    """`loan_ids` are the loans that the reversal of `entry_id` on `effective_at` would leave with a balance below zero."""

    code = "reversal_blocked"

    def __init__(
        self, detail: str, *field_errors: FieldError, entry_id: str, effective_at: date, loan_ids: tuple[str, ...]
    ) -> None:
        super().__init__(detail, *field_errors)
        self.entry_id = entry_id
        self.effective_at = effective_at
        self.loan_ids = loan_ids
