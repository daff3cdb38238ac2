"""How codes stand in ISO 4217."""

from itertools import product
from string import ascii_uppercase

import pytest

from app.currencies import STANDINGS, standing_of
from app.ledger.currency import CurrencyStanding


@pytest.mark.parametrize("code", ["USD", "EUR", "JPY", "KWD", "CHF", "VED", "SLE", "XCG", "XAU", "CLF"])
def test_what_is_in_use_is_current(code: str) -> None:
    assert standing_of(code) is CurrencyStanding.CURRENT


@pytest.mark.parametrize("code", ["DEM", "FRF", "ITL", "HRK", "BGN", "ANG", "ZWL", "VEB", "SLL", "TRL", "YUM", "DDM"])
def test_what_was_withdrawn_is_withdrawn(code: str) -> None:
    assert standing_of(code) is CurrencyStanding.WITHDRAWN


@pytest.mark.parametrize("code", ["XXX", "XTS", "ZZZ", "AAA", "BTC", "EURO", "usd", "US", "", "EU\u00d0"])
def test_what_is_no_currency_is_unknown(code: str) -> None:
    assert standing_of(code) is CurrencyStanding.UNKNOWN


def test_of_all_codes_that_the_contract_admits_few_are_currencies() -> None:
    codes = ["".join(letters) for letters in product(ascii_uppercase, repeat=3)]
    known = [code for code in codes if standing_of(code) is not CurrencyStanding.UNKNOWN]
    assert len(known) == len(STANDINGS)
    assert 150 < sum(standing_of(code) is CurrencyStanding.CURRENT for code in known) < 200
