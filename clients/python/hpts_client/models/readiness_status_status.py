from typing import Literal

ReadinessStatusStatus = Literal["ok", "unavailable"]

READINESS_STATUS_STATUS_VALUES: set[ReadinessStatusStatus] = {
    "ok",
    "unavailable",
}


def check_readiness_status_status(value: str) -> ReadinessStatusStatus:
    if value in READINESS_STATUS_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {READINESS_STATUS_STATUS_VALUES!r}")
