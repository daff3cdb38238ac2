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
from .webhook_endpoints.create_webhook_endpoint import create_webhook_endpoint
from .webhook_endpoints.disable_webhook_endpoint import disable_webhook_endpoint
from .webhook_endpoints.enable_webhook_endpoint import enable_webhook_endpoint
from .webhook_endpoints.get_webhook_endpoint import get_webhook_endpoint
from .webhook_endpoints.get_webhook_endpoint_secret import get_webhook_endpoint_secret
from .webhook_endpoints.list_webhook_deliveries import list_webhook_deliveries
from .webhook_endpoints.list_webhook_endpoints import list_webhook_endpoints
from .webhook_endpoints.redeliver_journal_entries import redeliver_journal_entries
from .webhook_endpoints.rotate_webhook_endpoint_secret import rotate_webhook_endpoint_secret

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
    "list_webhook_endpoints",
    "create_webhook_endpoint",
    "get_webhook_endpoint",
    "list_webhook_deliveries",
    "disable_webhook_endpoint",
    "enable_webhook_endpoint",
    "redeliver_journal_entries",
    "get_webhook_endpoint_secret",
    "rotate_webhook_endpoint_secret",
]
