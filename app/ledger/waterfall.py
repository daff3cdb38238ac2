"""The order in which a payment pays what a loan owes: fees, then interest, then principal; the rest waits in suspense."""

from typing import NamedTuple

from app.ledger.bucket import Bucket
from app.ledger.loan import Changes


class Allocation(NamedTuple):
    """The parts of a payment, in minor units; they sum to its amount."""

    fees_minor: int
    interest_minor: int
    principal_minor: int
    suspense_minor: int


def allocate(amount_minor: int, owed: Changes) -> Allocation:
    """Split an amount over what is owed per bucket (never negative), each part bounded by its bucket."""
    fees_minor = min(amount_minor, owed[Bucket.FEES])
    rest_minor = amount_minor - fees_minor
    interest_minor = min(rest_minor, owed[Bucket.INTEREST])
    rest_minor -= interest_minor
    principal_minor = min(rest_minor, owed[Bucket.PRINCIPAL])
    return Allocation(fees_minor, interest_minor, principal_minor, rest_minor - principal_minor)
