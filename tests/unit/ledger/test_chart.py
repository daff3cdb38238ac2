"""The chart of accounts knows its own accounts, and on which side each grows."""

import pytest

from app.ledger.chart import STANDARD_CHART, Account, ChartOfAccounts
from app.refusal import NotFound


def test_the_standard_chart_has_the_contracts_accounts() -> None:
    assert STANDARD_CHART.codes() == [
        "1000",
        "1050",
        "1100",
        "1200",
        "1300",
        "2000",
        "2100",
        "4000",
        "4100",
        "4200",
        "5000",
        "5100",
    ]
    assert STANDARD_CHART.account("1100") == Account("1100", "Principal Receivable")


@pytest.mark.parametrize("code", ["9999", "", "110", "11000"])
def test_an_account_that_the_chart_does_not_have_is_not_found(code: str) -> None:
    with pytest.raises(NotFound, match="no account"):
        STANDARD_CHART.account(code)


def test_a_chart_of_other_accounts_is_a_value_of_its_own() -> None:
    chart = ChartOfAccounts([Account("1010", "Cash at Another Bank")])
    assert chart.codes() == ["1010"]
    assert chart.account("1010").normal_side == "DR"


def test_assets_and_expenses_grow_by_debits_the_others_by_credits() -> None:
    sides = {code: STANDARD_CHART.account(code).normal_side for code in STANDARD_CHART.codes()}
    assert {code for code, side in sides.items() if side == "DR"} == {"1000", "1050", "1100", "1200", "1300", "5000", "5100"}
    assert {code for code, side in sides.items() if side == "CR"} == {"2000", "2100", "4000", "4100", "4200"}
