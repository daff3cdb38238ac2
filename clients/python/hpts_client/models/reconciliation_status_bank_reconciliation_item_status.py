from typing import Literal

ReconciliationStatusBankReconciliationItemStatus = Literal["break", "pending", "reconciled"]

RECONCILIATION_STATUS_BANK_RECONCILIATION_ITEM_STATUS_VALUES: set[ReconciliationStatusBankReconciliationItemStatus] = {
    "break",
    "pending",
    "reconciled",
}


def check_reconciliation_status_bank_reconciliation_item_status(
    value: str,
) -> ReconciliationStatusBankReconciliationItemStatus:
    if value in RECONCILIATION_STATUS_BANK_RECONCILIATION_ITEM_STATUS_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {RECONCILIATION_STATUS_BANK_RECONCILIATION_ITEM_STATUS_VALUES!r}"
    )
