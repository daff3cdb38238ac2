"""Every operation of the contract: a function from its parameters to the call that a client sends."""

from .accruals.post_accrual_batch import post_accrual_batch
from .balances.get_account_balance import get_account_balance
from .balances.get_loan_balance import get_loan_balance
from .disbursements.post_disbursement import post_disbursement
from .health.get_liveness import get_liveness
from .health.get_readiness import get_readiness
from .journal.get_journal_entry import get_journal_entry
from .journal.list_journal_entries import list_journal_entries
from .journal.list_loan_journal_entries import list_loan_journal_entries
from .loans.post_fee import post_fee
from .payments.post_payment import post_payment
from .reconciliation.get_reconciliation_status import get_reconciliation_status
from .reversals.post_reversal import post_reversal

__all__ = [
    "get_account_balance",
    "get_loan_balance",
    "post_accrual_batch",
    "post_disbursement",
    "get_liveness",
    "get_readiness",
    "list_journal_entries",
    "get_journal_entry",
    "list_loan_journal_entries",
    "post_fee",
    "post_payment",
    "get_reconciliation_status",
    "post_reversal",
]
