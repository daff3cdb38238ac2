"""Money is an integer number of minor units and a currency; on the wire the number is a string."""

from app.ledger.refusals import AmountNotPositive, AmountOutOfRange
from app.limits import AMOUNT_MINOR_MAX
from app.refusal import FieldError


def require_positive(amount_minor: int, field: str) -> None:
    """Raises AmountNotPositive for zero, naming `field`."""
    if amount_minor <= 0:
        message = "must be greater than zero"
        raise AmountNotPositive(f"{field} {message}", FieldError(field, AmountNotPositive.code, message))


def out_of_range(field: str, amount_minor: int) -> AmountOutOfRange:
    message = f"{amount_minor} is above the largest amount, {AMOUNT_MINOR_MAX}"
    return AmountOutOfRange(f"{field}: {message}", FieldError(field, AmountOutOfRange.code, message))
