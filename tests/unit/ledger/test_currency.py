"""In which currencies a loan can be opened, and which are none at all."""

import pytest

from app.ledger.currency import CurrencyStanding, require_current, require_known
from app.ledger.refusals import CurrencyUnknown
from tests.unit.ledger.support import error


def test_a_currency_in_use_passes() -> None:
    require_current("USD", CurrencyStanding.CURRENT)
    require_known("USD", CurrencyStanding.CURRENT)


def test_a_withdrawn_currency_is_known_and_opens_no_loan() -> None:
    require_known("DEM", CurrencyStanding.WITHDRAWN)
    with pytest.raises(CurrencyUnknown) as refused:
        require_current("DEM", CurrencyStanding.WITHDRAWN)
    assert refused.value.detail == "DEM is a withdrawn currency of ISO 4217, in which no loan can be opened"
    assert refused.value.field_errors == error("/currency", "currency_unknown", refused.value.detail)


def test_a_code_that_never_was_a_currency_is_unknown() -> None:
    for rule in (require_current, require_known):
        with pytest.raises(CurrencyUnknown) as refused:
            rule("ZZZ", CurrencyStanding.UNKNOWN)
        assert refused.value.detail == "ZZZ is no currency of ISO 4217"
