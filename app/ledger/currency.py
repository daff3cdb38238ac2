"""What the rules know of a currency: whether ISO 4217 has its code now, had it once, or never had it."""

from enum import Enum, auto

from app.ledger.refusals import CurrencyUnknown
from app.refusal import FieldError


class CurrencyStanding(Enum):
    """The list changes over the years, so whoever makes an event looks its currency up and hands the result in."""

    CURRENT = auto()
    WITHDRAWN = auto()
    UNKNOWN = auto()


def require_current(currency: str, standing: CurrencyStanding) -> None:
    """Raises CurrencyUnknown for a currency in which no loan may be opened."""
    if standing is CurrencyStanding.WITHDRAWN:
        raise _unknown(f"{currency} is a withdrawn currency of ISO 4217, in which no loan can be opened")
    require_known(currency, standing)


def require_known(currency: str, standing: CurrencyStanding) -> None:
    """Raises CurrencyUnknown for a currency that never was one."""
    if standing is CurrencyStanding.UNKNOWN:
        raise _unknown(f"{currency} is no currency of ISO 4217")


def _unknown(message: str) -> CurrencyUnknown:
    return CurrencyUnknown(message, FieldError("/currency", CurrencyUnknown.code, message))
