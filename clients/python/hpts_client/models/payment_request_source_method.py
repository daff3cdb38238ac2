from typing import Literal

PaymentRequestSourceMethod = Literal["ach", "card", "cash", "check", "internal", "rtp", "wire"]

PAYMENT_REQUEST_SOURCE_METHOD_VALUES: set[PaymentRequestSourceMethod] = {
    "ach",
    "card",
    "cash",
    "check",
    "internal",
    "rtp",
    "wire",
}


def check_payment_request_source_method(value: str) -> PaymentRequestSourceMethod:
    if value in PAYMENT_REQUEST_SOURCE_METHOD_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PAYMENT_REQUEST_SOURCE_METHOD_VALUES!r}")
