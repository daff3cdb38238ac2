from typing import Literal

LivenessStatusStatus = Literal["ok"]

LIVENESS_STATUS_STATUS_VALUES: set[LivenessStatusStatus] = {
    "ok",
}


def check_liveness_status_status(value: str) -> LivenessStatusStatus:
    if value in LIVENESS_STATUS_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIVENESS_STATUS_STATUS_VALUES!r}")
