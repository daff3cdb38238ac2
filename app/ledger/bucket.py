"""The buckets of a loan: the balances that every loan has, each the loan's own lines on one account."""

from enum import IntEnum
from typing import Final

from app.ledger.chart import (
    CREDIT,
    FEES_RECEIVABLE,
    INTEREST_RECEIVABLE,
    PRINCIPAL_RECEIVABLE,
    UNAPPLIED_PAYMENTS,
    normal_side,
)


class Bucket(IntEnum):
    """None may be negative as of any date."""

    PRINCIPAL = 0
    INTEREST = 1
    FEES = 2
    SUSPENSE = 3


BUCKETS: Final[dict[str, Bucket]] = {
    PRINCIPAL_RECEIVABLE: Bucket.PRINCIPAL,
    INTEREST_RECEIVABLE: Bucket.INTEREST,
    FEES_RECEIVABLE: Bucket.FEES,
    UNAPPLIED_PAYMENTS: Bucket.SUSPENSE,
}
"""The bucket of an account; a loan has lines on no other account."""

BUCKET_SIDES: Final = {code: (bucket, normal_side(code) == CREDIT) for code, bucket in BUCKETS.items()}
"""The bucket of an account, and whether a credit makes it grow."""
