from typing import Literal

Layer = Literal["ENCUMBRANCE", "PENDING", "SETTLED"]

LAYER_VALUES: set[Layer] = {
    "ENCUMBRANCE",
    "PENDING",
    "SETTLED",
}


def check_layer(value: str) -> Layer:
    if value in LAYER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LAYER_VALUES!r}")
