"""POST /disbursements: the first one opens the loan and fixes its borrower and currency."""

from typing import Any, Final

import pytest

from tests.support import bodies
from tests.support.bodies import OMITTED, day
from tests.support.client import LedgerClient, new_id, today
from tests.support.refusals import Refusals

REQUIRED: Final = ("loan_id", "borrower_id", "amount_minor", "currency", "effective_at", "method")


def principal(client: LedgerClient, loan_id: str, **parameters: str) -> str:
    text: str = client.balance(loan_id, **parameters).json()["principal_outstanding_minor"]
    return text


def test_a_disbursement_opens_the_loan_and_debits_its_principal(client: LedgerClient) -> None:
    loan_id = new_id()
    response = client.disburse(loan_id, 10_000_000, destination_ref="bank_acct_9087")
    answer = response.json()
    assert response.status_code == 201
    assert set(answer) == {"disbursement_event_id", "journal_entry_id", "posted_at"}
    assert all(answer[name][14] == "7" for name in ("disbursement_event_id", "journal_entry_id"))
    entry = client.get(f"/journal-entries/{answer['journal_entry_id']}").json()
    assert (entry["event_type"], entry["effective_at"], entry["actor"]) == ("disbursement", today(), "tests")
    assert [(line["account_code"], line["direction"], line["amount_minor"]) for line in entry["lines"]] == [
        ("1100", "DR", "10000000"),
        ("2000", "CR", "10000000"),
    ]
    assert principal(client, loan_id) == "10000000"


def test_further_disbursements_add_up_and_may_come_before_the_first(client: LedgerClient) -> None:
    loan_id = client.open_loan(100, day(-5))
    for effective_at, amount_minor in ((day(0), 20), (day(-9), 3), (day(1), 7)):
        assert client.disburse(loan_id, amount_minor, effective_at=effective_at).status_code == 201
    asked = (day(-10), day(-9), day(-5), day(0), day(1))
    assert [principal(client, loan_id, as_of_date=date) for date in asked] == ["0", "3", "103", "123", "130"]
    assert client.pay(loan_id, 1, effective_at=day(-9)).status_code == 201


def test_a_loan_may_open_in_the_far_past(client: LedgerClient) -> None:
    for effective_at in ("0001-01-01", "1582-10-15", "1900-02-28", "1970-01-01", "2000-02-29"):
        loan_id = client.open_loan(100, effective_at)
        assert principal(client, loan_id, as_of_date=effective_at) == "100"
        assert client.fee(loan_id, 5, effective_at=effective_at).status_code == 201
        assert client.accrue({loan_id: (100, 1)}, accrual_date=effective_at).status_code == 201
        assert client.balance(loan_id).json()["total_exposure_minor"] == "106"


def test_every_method_is_taken(client: LedgerClient) -> None:
    for method in ("ach", "wire", "rtp", "check", "card", "internal"):
        assert client.disburse(amount_minor=1, method=method).status_code == 201


def test_ids_in_upper_case_open_the_loan_that_lower_case_names(client: LedgerClient) -> None:
    loan_id = "abcdefab-cdef-4abc-8def-abcdefabcdef"
    body = bodies.disbursement(client, loan_id, loan_id=loan_id.upper(), borrower_id=client.borrower(loan_id).upper())
    assert client.post("/disbursements", body).status_code == 201
    assert client.pay(loan_id, 10).status_code == 201
    assert client.balance(loan_id.upper()).json()["loan_id"] == loan_id
    assert principal(client, loan_id) == "90"


def test_currencies_are_kept_apart(client: LedgerClient) -> None:
    client.disburse(amount_minor=5, currency="USD")
    client.disburse(amount_minor=7, currency="EUR")
    assert client.account("1100", "USD").json()["normal_balance_minor"] == "5"
    assert client.account("2000", "EUR").json()["normal_balance_minor"] == "7"


def test_the_largest_amount_is_taken_and_one_more_is_refused(client: LedgerClient, refusals: Refusals) -> None:
    loan_id = client.open_loan(bodies.LARGEST)
    assert principal(client, loan_id) == str(bodies.LARGEST)
    refusals.expect("amount_out_of_range", client.disburse, loan_id, 1)
    refusals.expect("amount_out_of_range", client.disburse, new_id(), 1)
    refusals.expect("amount_out_of_range", client.fee, loan_id, 1)
    assert client.account("1100").json()["dr_balance_minor"] == str(bodies.LARGEST)


def test_another_tenant_s_totals_do_not_count(client: LedgerClient, server: Any) -> None:
    client.open_loan(bodies.LARGEST)
    with server.client() as other:
        assert other.disburse(amount_minor=bodies.LARGEST).status_code == 201


@pytest.mark.parametrize(
    ("code", "amounts"),
    [
        ("validation_failed", bodies.MALFORMED_AMOUNTS),
        ("amount_not_positive", ("0",)),
        ("amount_out_of_range", bodies.OUT_OF_RANGE_AMOUNTS),
    ],
)
def test_a_malformed_zero_or_too_large_amount_is_refused(
    client: LedgerClient, refusals: Refusals, code: str, amounts: tuple[Any, ...]
) -> None:
    refusals.expect_each(
        code, "/disbursements", [bodies.disbursement(client, amount_minor=each) for each in amounts], "/amount_minor"
    )


@pytest.mark.parametrize(
    ("code", "dates"),
    [
        ("validation_failed", bodies.MALFORMED_DATES),
        ("effective_date_in_future", ("9999-12-31", bodies.too_far_ahead())),
    ],
)
def test_a_malformed_or_future_date_is_refused(
    client: LedgerClient, refusals: Refusals, code: str, dates: tuple[Any, ...]
) -> None:
    refusals.expect_each(
        code, "/disbursements", [bodies.disbursement(client, effective_at=each) for each in dates], "/effective_at"
    )


def test_another_borrower_or_currency_than_the_loan_was_opened_for_is_refused(client: LedgerClient, refusals: Refusals) -> None:
    loan_id = client.open_loan()
    refusals.expect("borrower_mismatch", client.disburse, loan_id, borrower_id=new_id(), fields=("/borrower_id",))
    refusals.expect("currency_mismatch", client.disburse, loan_id, currency="EUR", fields=("/currency",))


@pytest.mark.parametrize("currency", ["ZZZ", "XXX", "XTS", "DEM", "HRK", "BTC"])
def test_no_loan_is_opened_in_what_is_no_currency_or_withdrawn(client: LedgerClient, refusals: Refusals, currency: str) -> None:
    refusals.expect("currency_unknown", client.disburse, new_id(), currency=currency, fields=("/currency",))


def test_each_required_field_that_is_missing_is_named(client: LedgerClient, refusals: Refusals) -> None:
    for name in REQUIRED:
        refusals.expect_each("validation_failed", "/disbursements", [bodies.disbursement(client, **{name: OMITTED})], f"/{name}")


MALFORMED: Final[dict[str, tuple[Any, ...]]] = {
    "loan_id": bodies.MALFORMED_IDS,
    "borrower_id": bodies.MALFORMED_IDS,
    "currency": bodies.MALFORMED_CURRENCIES,
    "method": ("", "ACH", "cash", None, 1),
    "destination_ref": ("x" * 129, None, 1, "a\x00b"),
    "metadata": bodies.MALFORMED_METADATA,
    "source_method": ("ach",),
    "tenant_id": (new_id(),),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_field_that_the_contract_does_not_admit_is_refused(client: LedgerClient, refusals: Refusals, name: str) -> None:
    sent = [bodies.disbursement(client, None, **{name: value}) for value in MALFORMED[name]]
    refusals.expect_each("validation_failed", "/disbursements", sent, f"/{name}")
