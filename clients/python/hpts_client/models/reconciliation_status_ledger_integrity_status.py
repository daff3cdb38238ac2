from typing import Literal

ReconciliationStatusLedgerIntegrityStatus = Literal["drift_detected", "ok"]

RECONCILIATION_STATUS_LEDGER_INTEGRITY_STATUS_VALUES: set[ReconciliationStatusLedgerIntegrityStatus] = {
    "drift_detected",
    "ok",
}


def check_reconciliation_status_ledger_integrity_status(value: str) -> ReconciliationStatusLedgerIntegrityStatus:
    if value in RECONCILIATION_STATUS_LEDGER_INTEGRITY_STATUS_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {RECONCILIATION_STATUS_LEDGER_INTEGRITY_STATUS_VALUES!r}"
    )
