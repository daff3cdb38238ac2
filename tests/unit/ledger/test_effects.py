"""What an entry does to accounts and loans is summed from its lines; it balances in each currency and layer."""

import pytest

from app.ledger.effects import effects, is_balanced
from app.ledger.entry import Line
from tests.support.events import day
from tests.unit.ledger.support import LOAN, OTHER_LOAN, TENANT, entry_of


def loan_line(account_code: str, direction: str, amount_minor: int, loan_id: str = LOAN) -> Line:
    return Line(account_code, direction, amount_minor, "USD", "SETTLED", loan_id)  # type: ignore[arg-type]


def test_accounts_get_their_debits_and_credits() -> None:
    lines = [
        Line("1050", "DR", 60, "USD"),
        Line("1050", "DR", 10, "USD"),
        Line("1050", "CR", 5, "USD"),
        loan_line("1100", "CR", 65),
    ]
    accounts, _ = effects(entry_of(lines, day(0)))
    assert accounts == {(TENANT, "1050", "USD", "SETTLED"): [70, 5], (TENANT, "1100", "USD", "SETTLED"): [0, 65]}


def test_currencies_and_layers_of_one_account_are_kept_apart() -> None:
    lines = [Line("1000", "DR", 1, "USD"), Line("1000", "DR", 2, "EUR"), Line("1000", "DR", 4, "USD", "PENDING")]
    accounts, loans = effects(entry_of(lines, day(0)))
    assert accounts == {
        (TENANT, "1000", "USD", "SETTLED"): [1, 0],
        (TENANT, "1000", "EUR", "SETTLED"): [2, 0],
        (TENANT, "1000", "USD", "PENDING"): [4, 0],
    }
    assert loans == {}


@pytest.mark.parametrize(
    ("account_code", "direction", "changes"),
    [
        ("1100", "DR", [9, 0, 0, 0]),
        ("1100", "CR", [-9, 0, 0, 0]),
        ("1200", "DR", [0, 9, 0, 0]),
        ("1200", "CR", [0, -9, 0, 0]),
        ("1300", "DR", [0, 0, 9, 0]),
        ("1300", "CR", [0, 0, -9, 0]),
        ("2100", "CR", [0, 0, 0, 9]),
        ("2100", "DR", [0, 0, 0, -9]),
    ],
)
def test_a_line_of_a_loan_changes_its_bucket_on_the_accounts_normal_side(
    account_code: str, direction: str, changes: list[int]
) -> None:
    assert effects(entry_of([loan_line(account_code, direction, 9)], day(0)))[1] == {LOAN: changes}


def test_the_lines_of_each_loan_are_summed() -> None:
    lines = [
        loan_line("1100", "DR", 9),
        loan_line("1100", "DR", 2),
        loan_line("1200", "CR", 4),
        loan_line("1100", "DR", 1, OTHER_LOAN),
    ]
    assert effects(entry_of(lines, day(0)))[1] == {LOAN: [11, -4, 0, 0], OTHER_LOAN: [1, 0, 0, 0]}


@pytest.mark.parametrize(
    ("lines", "balanced"),
    [
        ([], True),
        ([Line("1000", "DR", 5, "USD"), Line("2000", "CR", 5, "USD")], True),
        ([Line("1000", "DR", 5, "USD"), Line("2000", "CR", 3, "USD"), Line("4000", "CR", 2, "USD")], True),
        ([Line("1000", "DR", 5, "USD"), Line("2000", "CR", 4, "USD")], False),
        ([Line("1000", "DR", 5, "USD"), Line("2000", "DR", 5, "USD")], False),
        ([Line("1000", "DR", 5, "USD"), Line("2000", "CR", 5, "EUR")], False),
        ([Line("1000", "DR", 5, "USD", "PENDING"), Line("2000", "CR", 5, "USD")], False),
        ([Line("1000", "DR", 5, "USD", "PENDING"), Line("2000", "CR", 5, "USD", "PENDING")], True),
    ],
)
def test_debits_equal_credits_in_each_currency_and_layer(lines: list[Line], balanced: bool) -> None:
    assert is_balanced(effects(entry_of(lines, day(0)))[0]) is balanced
