from typing import Literal

AccrualBatchRequestDayCountConvention = Literal["ACT_360", "ACT_365", "ACT_ACT", "THIRTY_360"]

ACCRUAL_BATCH_REQUEST_DAY_COUNT_CONVENTION_VALUES: set[AccrualBatchRequestDayCountConvention] = {
    "ACT_360",
    "ACT_365",
    "ACT_ACT",
    "THIRTY_360",
}


def check_accrual_batch_request_day_count_convention(value: str) -> AccrualBatchRequestDayCountConvention:
    if value in ACCRUAL_BATCH_REQUEST_DAY_COUNT_CONVENTION_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {ACCRUAL_BATCH_REQUEST_DAY_COUNT_CONVENTION_VALUES!r}"
    )
