from typing import Literal

ReversalRequestReasonCode = Literal["duplicate", "error_correction", "fraud", "other", "payment_returned", "regulatory"]

REVERSAL_REQUEST_REASON_CODE_VALUES: set[ReversalRequestReasonCode] = {
    "duplicate",
    "error_correction",
    "fraud",
    "other",
    "payment_returned",
    "regulatory",
}


def check_reversal_request_reason_code(value: str) -> ReversalRequestReasonCode:
    if value in REVERSAL_REQUEST_REASON_CODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REVERSAL_REQUEST_REASON_CODE_VALUES!r}")
