from typing import Literal

EventType = Literal[
    "accrual",
    "chargeoff",
    "disbursement",
    "disbursement_settled",
    "fee_assessed",
    "fee_waived",
    "manual_adjustment",
    "payment_allocated",
    "payment_received",
    "payment_returned",
    "recovery",
    "refinance",
    "restructure",
    "reversal",
]

EVENT_TYPE_VALUES: set[EventType] = {
    "accrual",
    "chargeoff",
    "disbursement",
    "disbursement_settled",
    "fee_assessed",
    "fee_waived",
    "manual_adjustment",
    "payment_allocated",
    "payment_received",
    "payment_returned",
    "recovery",
    "refinance",
    "restructure",
    "reversal",
}


def check_event_type(value: str) -> EventType:
    if value in EVENT_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EVENT_TYPE_VALUES!r}")
