from typing import Literal

DeliveryError = Literal["closed", "connect", "refused_address", "timeout", "tls", "unresolved"]

DELIVERY_ERROR_VALUES: set[DeliveryError] = {
    "closed",
    "connect",
    "refused_address",
    "timeout",
    "tls",
    "unresolved",
}


def check_delivery_error(value: str) -> DeliveryError:
    if value in DELIVERY_ERROR_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DELIVERY_ERROR_VALUES!r}")
