"""Contains all the data models used in inputs/outputs"""

from .account_balance import AccountBalance
from .accrual_batch_posted import AccrualBatchPosted
from .accrual_batch_request import AccrualBatchRequest
from .accrual_batch_request_day_count_convention import AccrualBatchRequestDayCountConvention
from .accrued_loan import AccruedLoan
from .delivery_error import DeliveryError
from .delivery_status import DeliveryStatus
from .direction import Direction
from .disbursement_posted import DisbursementPosted
from .disbursement_request import DisbursementRequest
from .disbursement_request_method import DisbursementRequestMethod
from .event_type import EventType
from .fee_posted import FeePosted
from .fee_request import FeeRequest
from .field_error import FieldError
from .journal_entry import JournalEntry
from .journal_entry_details import JournalEntryDetails
from .journal_entry_page import JournalEntryPage
from .journal_entry_posted import JournalEntryPosted
from .journal_line import JournalLine
from .layer import Layer
from .liveness_status import LivenessStatus
from .liveness_status_status import LivenessStatusStatus
from .loan_balance import LoanBalance
from .metadata import Metadata
from .no_facts import NoFacts
from .payment_allocation import PaymentAllocation
from .payment_posted import PaymentPosted
from .payment_request import PaymentRequest
from .payment_request_source_method import PaymentRequestSourceMethod
from .problem import Problem
from .problem_code import ProblemCode
from .readiness_check import ReadinessCheck
from .readiness_check_status import ReadinessCheckStatus
from .readiness_status import ReadinessStatus
from .readiness_status_checks import ReadinessStatusChecks
from .readiness_status_status import ReadinessStatusStatus
from .reconciliation_status import ReconciliationStatus
from .reconciliation_status_bank_reconciliation_item import ReconciliationStatusBankReconciliationItem
from .reconciliation_status_bank_reconciliation_item_status import ReconciliationStatusBankReconciliationItemStatus
from .reconciliation_status_ledger_integrity import ReconciliationStatusLedgerIntegrity
from .reconciliation_status_ledger_integrity_status import ReconciliationStatusLedgerIntegrityStatus
from .reconciliation_status_portfolio_rollup import ReconciliationStatusPortfolioRollup
from .reconciliation_status_portfolio_rollup_status import ReconciliationStatusPortfolioRollupStatus
from .redelivery import Redelivery
from .redelivery_request import RedeliveryRequest
from .reversal_posted import ReversalPosted
from .reversal_request import ReversalRequest
from .reversal_request_reason_code import ReversalRequestReasonCode
from .secret_rotated import SecretRotated
from .secret_rotation_request import SecretRotationRequest
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_page import WebhookDeliveryPage
from .webhook_endpoint import WebhookEndpoint
from .webhook_endpoint_page import WebhookEndpointPage
from .webhook_endpoint_request import WebhookEndpointRequest
from .webhook_endpoint_request_starts import WebhookEndpointRequestStarts
from .webhook_endpoint_secret import WebhookEndpointSecret
from .webhook_endpoint_status import WebhookEndpointStatus
from .webhook_failure import WebhookFailure

__all__ = (
    "AccountBalance",
    "AccrualBatchPosted",
    "AccrualBatchRequest",
    "AccrualBatchRequestDayCountConvention",
    "AccruedLoan",
    "DeliveryError",
    "DeliveryStatus",
    "Direction",
    "DisbursementPosted",
    "DisbursementRequest",
    "DisbursementRequestMethod",
    "EventType",
    "FeePosted",
    "FeeRequest",
    "FieldError",
    "JournalEntry",
    "JournalEntryDetails",
    "JournalEntryPage",
    "JournalEntryPosted",
    "JournalLine",
    "Layer",
    "LivenessStatus",
    "LivenessStatusStatus",
    "LoanBalance",
    "Metadata",
    "NoFacts",
    "PaymentAllocation",
    "PaymentPosted",
    "PaymentRequest",
    "PaymentRequestSourceMethod",
    "Problem",
    "ProblemCode",
    "ReadinessCheck",
    "ReadinessCheckStatus",
    "ReadinessStatus",
    "ReadinessStatusChecks",
    "ReadinessStatusStatus",
    "ReconciliationStatus",
    "ReconciliationStatusBankReconciliationItem",
    "ReconciliationStatusBankReconciliationItemStatus",
    "ReconciliationStatusLedgerIntegrity",
    "ReconciliationStatusLedgerIntegrityStatus",
    "ReconciliationStatusPortfolioRollup",
    "ReconciliationStatusPortfolioRollupStatus",
    "Redelivery",
    "RedeliveryRequest",
    "ReversalPosted",
    "ReversalRequest",
    "ReversalRequestReasonCode",
    "SecretRotated",
    "SecretRotationRequest",
    "WebhookDelivery",
    "WebhookDeliveryPage",
    "WebhookEndpoint",
    "WebhookEndpointPage",
    "WebhookEndpointRequest",
    "WebhookEndpointRequestStarts",
    "WebhookEndpointSecret",
    "WebhookEndpointStatus",
    "WebhookFailure",
)
