"""The currencies of ISO 4217, as the maintenance agency publishes them: those in use and those withdrawn."""

from typing import Final

from iso_4217 import Currency

from app.ledger.currency import CurrencyStanding

NO_CURRENCIES: Final = frozenset({"XXX", "XTS"})
"""On the list for "no currency" and for testing: nothing can be lent in them."""
STANDINGS: Final = {
    each.name: CurrencyStanding.CURRENT if each.entities else CurrencyStanding.WITHDRAWN
    for each in Currency
    if each.name not in NO_CURRENCIES
}


def standing_of(currency: str) -> CurrencyStanding:
    """The package lists a withdrawn currency without any country that uses it."""
    return STANDINGS.get(currency, CurrencyStanding.UNKNOWN)
