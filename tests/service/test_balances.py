"""GET balances of loans and accounts, as of any date."""

from typing import Final

import pytest

from tests.support.bodies import day
from tests.support.client import LedgerClient, new_id, today
from tests.support.problems import problem_of
from tests.support.refusals import Refusals

CHART: Final = {
    "1000": "Cash",
    "1050": "Payment Clearing",
    "1100": "Principal Receivable",
    "1200": "Interest Receivable",
    "1300": "Fees Receivable",
    "2000": "Disbursement Clearing",
    "2100": "Unapplied Payments",
    "4000": "Interest Income",
    "4100": "Fee Income",
    "4200": "Recovery Income",
    "5000": "Credit Losses",
    "5100": "Fees Waived",
}
MALFORMED_DATES: Final = (
    "2026-02-30",
    "0000-01-01",
    "2026-13-01",
    "20260101",
    "",
    "today",
    "2026-01-01T00:00:00Z",
    "10000-01-01",
)


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    """Opened ten days ago; a fee five days ago; interest four days ago; a payment two days ago that leaves principal 921,651."""
    loan_id = client.open_loan(1_000_000, day(-10))
    assert client.fee(loan_id, 500, effective_at=day(-5)).status_code == 201
    assert client.accrue({loan_id: (1_000_000, 10_000)}, accrual_date=day(-4)).status_code == 201
    assert client.pay(loan_id, 88_849, effective_at=day(-2)).status_code == 201
    return loan_id


def test_a_balance_is_given_in_full(client: LedgerClient, loan_id: str) -> None:
    newest = client.get(f"/loans/{loan_id}/journal-entries").json()["items"][0]
    assert client.balance(loan_id).json() == {
        "loan_id": loan_id,
        "currency": "USD",
        "as_of_date": today(),
        "principal_outstanding_minor": "921651",
        "interest_receivable_minor": "0",
        "fees_receivable_minor": "0",
        "total_exposure_minor": "921651",
        "last_activity_at": newest["posted_at"],
    }


@pytest.mark.parametrize(
    ("offset", "principal", "interest", "fees"),
    [
        (-11, "0", "0", "0"),
        (-10, "1000000", "0", "0"),
        (-5, "1000000", "0", "500"),
        (-4, "1000000", "10000", "500"),
        (-3, "1000000", "10000", "500"),
        (-2, "921651", "0", "0"),
        (1, "921651", "0", "0"),
    ],
)
def test_a_balance_is_as_of_the_date_asked_for(
    client: LedgerClient, loan_id: str, offset: int, principal: str, interest: str, fees: str
) -> None:
    balance = client.balance(loan_id, as_of_date=day(offset)).json()
    assert balance["as_of_date"] == day(offset)
    assert [balance[f"{name}_minor"] for name in ("principal_outstanding", "interest_receivable", "fees_receivable")] == [
        principal,
        interest,
        fees,
    ]
    assert balance["total_exposure_minor"] == str(int(principal) + int(interest) + int(fees))
    assert ("last_activity_at" in balance) == (offset >= -10)


def test_any_date_of_the_calendar_may_be_asked_for(client: LedgerClient, loan_id: str) -> None:
    for as_of_date, principal in (("0001-01-01", "0"), ("2000-02-29", "0"), ("9999-12-31", "921651")):
        assert client.balance(loan_id, as_of_date=as_of_date).json()["principal_outstanding_minor"] == principal
        assert client.account("1100", as_of_date=as_of_date).json()["normal_balance_minor"] == principal


def test_a_loan_may_be_asked_for_in_upper_case(client: LedgerClient, loan_id: str) -> None:
    assert client.balance(loan_id.upper()).content == client.balance(loan_id).content


def test_an_unknown_loan_is_not_found(client: LedgerClient, refusals: Refusals) -> None:
    refusals.expect("not_found", client.balance, new_id())


@pytest.mark.parametrize(
    "text",
    ["1", "x", "00000000-0000-0000-0000-00000000000g", "0193a1b2-0000-7000-8000-000000000001%0A", "%FF%FE", "%00", "a" * 300],
)
def test_a_loan_id_that_is_not_a_uuid_is_refused(client: LedgerClient, text: str) -> None:
    problem_of(client.get(f"/loans/{text}/balance"), "validation_failed", "loan_id")


@pytest.mark.parametrize("as_of_date", MALFORMED_DATES)
def test_a_malformed_date_is_refused(client: LedgerClient, loan_id: str, as_of_date: str) -> None:
    problem_of(client.balance(loan_id, as_of_date=as_of_date), "validation_failed", "as_of_date")
    problem_of(client.account("1100", as_of_date=as_of_date), "validation_failed", "as_of_date")
    problem_of(client.reconciliation(as_of_date=as_of_date), "validation_failed", "as_of_date")


def test_a_parameter_that_is_unknown_or_repeated_is_refused(client: LedgerClient, loan_id: str) -> None:
    for query, field in (
        ("as_of=2026-01-01", "as_of"),
        ("as_of_date=2026-01-01&as_of_date=2026-01-01", "as_of_date"),
        ("x", "x"),
    ):
        problem_of(client.http.get(f"/loans/{loan_id}/balance?{query}"), "validation_failed", field)


def test_the_accounts_add_up_to_zero(client: LedgerClient, loan_id: str) -> None:
    balances = {code: client.account(code).json() for code in CHART}
    assert {code: balance["account_name"] for code, balance in balances.items()} == CHART
    expected = {"1050": "88849", "1100": "921651", "2000": "1000000", "4000": "10000", "4100": "500"}
    assert {code: each["normal_balance_minor"] for code, each in balances.items()} == dict.fromkeys(CHART, "0") | expected
    assert sum(int(each["dr_balance_minor"]) - int(each["cr_balance_minor"]) for each in balances.values()) == 0


def test_an_account_shows_both_sides_as_of_a_date(client: LedgerClient, loan_id: str) -> None:
    assert client.account("1200", as_of_date=day(-3)).json()["cr_balance_minor"] == "0"
    assert client.account("1200").json() == {
        "account_code": "1200",
        "account_name": "Interest Receivable",
        "currency": "USD",
        "layer": "SETTLED",
        "as_of_date": today(),
        "dr_balance_minor": "10000",
        "cr_balance_minor": "10000",
        "normal_balance_minor": "0",
    }


def test_layers_and_currencies_are_kept_apart(client: LedgerClient, loan_id: str) -> None:
    for layer in ("PENDING", "ENCUMBRANCE"):
        assert client.account("1100", layer=layer).json()["dr_balance_minor"] == "0"
    assert client.account("1100", layer="SETTLED").json()["dr_balance_minor"] == "1000000"
    assert client.account("1100", "EUR").json()["dr_balance_minor"] == "0"


def test_a_reversal_takes_its_amount_off_an_account_from_its_date_on(client: LedgerClient) -> None:
    loan_id = client.open_loan(1_000)
    opening_id = client.get(f"/loans/{loan_id}/journal-entries").json()["items"][0]["journal_entry_id"]
    fee_id = client.fee(loan_id, 50).json()["journal_entry_id"]
    for entry_id in (fee_id, opening_id):
        assert client.reverse(entry_id, effective_at=day(1)).status_code == 201
    assert client.account("4100").json()["normal_balance_minor"] == "50"
    assert client.account("4100", as_of_date=day(1)).json()["normal_balance_minor"] == "0"


def test_an_account_outside_the_chart_is_not_found(client: LedgerClient, refusals: Refusals) -> None:
    for code in ("9999", "0000", "1101"):
        refusals.expect("not_found", client.account, code)


def test_malformed_parameters_of_an_account_are_refused(client: LedgerClient) -> None:
    problem_of(client.get("/accounts/1100/balance"), "validation_failed", "currency")
    for currency in ("usd", "US", "USDX", "", "U$D", "ÜSD"):
        problem_of(client.account("1100", currency), "validation_failed", "currency")
    for code in ("110", "11000", "abcd", "-100", "%20100", "١١٠٠"):
        problem_of(client.account(code), "validation_failed", "account_code")
    for layer in ("settled", "", "ALL"):
        problem_of(client.account("1100", layer=layer), "validation_failed", "layer")
