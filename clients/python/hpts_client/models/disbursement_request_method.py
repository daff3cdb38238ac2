from typing import Literal

DisbursementRequestMethod = Literal["ach", "card", "check", "internal", "rtp", "wire"]

DISBURSEMENT_REQUEST_METHOD_VALUES: set[DisbursementRequestMethod] = {
    "ach",
    "card",
    "check",
    "internal",
    "rtp",
    "wire",
}


def check_disbursement_request_method(value: str) -> DisbursementRequestMethod:
    if value in DISBURSEMENT_REQUEST_METHOD_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DISBURSEMENT_REQUEST_METHOD_VALUES!r}")
