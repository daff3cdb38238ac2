"""POST /loans/{loan_id}/fees: what a loan owes beside principal and interest."""

from typing import Any, Final

import pytest

from tests.support import bodies
from tests.support.bodies import OMITTED, day
from tests.support.client import LedgerClient, new_id, today
from tests.support.refusals import Refusals


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    """A loan of 1,000,000 opened ten days ago."""
    return client.open_loan(effective_at=day(-10))


def test_a_fee_debits_the_loan_and_credits_fee_income(client: LedgerClient, loan_id: str) -> None:
    response = client.fee(loan_id, 500, description="Late fee for November")
    answer = response.json()
    assert response.status_code == 201
    assert set(answer) == {"fee_event_id", "journal_entry_id", "posted_at"}
    entry = client.get(f"/journal-entries/{answer['journal_entry_id']}").json()
    assert (entry["event_type"], entry["effective_at"], entry["description"]) == (
        "fee_assessed",
        today(),
        "Late fee for November",
    )
    assert [(line["account_code"], line["direction"], line["amount_minor"]) for line in entry["lines"]] == [
        ("1300", "DR", "500"),
        ("4100", "CR", "500"),
    ]
    balance = client.balance(loan_id).json()
    assert (balance["fees_receivable_minor"], balance["total_exposure_minor"]) == ("500", "1000500")


def test_a_fee_may_be_back_dated_to_the_opening_and_dated_tomorrow(client: LedgerClient, loan_id: str) -> None:
    for effective_at in (day(-10), day(1)):
        assert client.fee(loan_id, 5, effective_at=effective_at).status_code == 201
    assert client.balance(loan_id).json()["fees_receivable_minor"] == "5"
    assert client.balance(loan_id, as_of_date=day(1)).json()["fees_receivable_minor"] == "10"


def test_the_loan_may_be_named_in_upper_case(client: LedgerClient, loan_id: str) -> None:
    assert client.fee(loan_id.upper(), 5).status_code == 201
    assert client.balance(loan_id).json()["fees_receivable_minor"] == "5"


def test_a_description_at_its_limit_is_taken(client: LedgerClient, loan_id: str) -> None:
    answer = client.fee(loan_id, 1, description="é" * 200).json()
    assert client.get(f"/journal-entries/{answer['journal_entry_id']}").json()["description"] == "é" * 200


MALFORMED: Final[dict[str, tuple[Any, ...]]] = {
    "amount_minor": bodies.MALFORMED_AMOUNTS,
    "currency": bodies.MALFORMED_CURRENCIES,
    "effective_at": bodies.MALFORMED_DATES,
    "description": ("", "x" * 201, None, 1, "a\x00b", ["x"]),
    "loan_id": (new_id(),),
    "metadata": ({},),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_field_that_the_contract_does_not_admit_is_refused(
    client: LedgerClient, loan_id: str, refusals: Refusals, name: str
) -> None:
    sent = [bodies.fee(**{name: value}) for value in MALFORMED[name]]
    refusals.expect_each("validation_failed", f"/loans/{loan_id}/fees", sent, f"/{name}")


def test_each_required_field_that_is_missing_is_named(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    for name in ("amount_minor", "currency", "effective_at", "description"):
        refusals.expect_each("validation_failed", f"/loans/{loan_id}/fees", [bodies.fee(**{name: OMITTED})], f"/{name}")


REFUSED: Final[dict[str, dict[str, Any]]] = {
    "amount_not_positive": {"amount_minor": "0"},
    "amount_out_of_range": {"amount_minor": "9223372036854775808"},
    "currency_mismatch": {"currency": "EUR"},
    "currency_unknown": {"currency": "ZZZ"},
    "effective_date_in_future": {"effective_at": bodies.too_far_ahead()},
    "effective_before_opening": {"effective_at": "0001-01-01"},
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_fee_against_the_rules_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals, code: str) -> None:
    [name] = REFUSED[code]
    refusals.expect_each(code, f"/loans/{loan_id}/fees", [bodies.fee(**REFUSED[code])], f"/{name}")


def test_a_fee_that_makes_the_loan_owe_too_much_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    refusals.expect("amount_out_of_range", client.fee, loan_id, bodies.LARGEST)
    assert client.fee(loan_id, bodies.LARGEST - 1_000_000).status_code == 201
    refusals.expect("amount_out_of_range", client.fee, loan_id, 1)


def test_an_unknown_loan_is_refused(client: LedgerClient, refusals: Refusals) -> None:
    refusals.expect("loan_not_found", client.fee, new_id(), fields=("loan_id",))


def test_a_loan_id_in_the_path_that_is_not_a_uuid_is_refused(client: LedgerClient, refusals: Refusals) -> None:
    for text in (
        "1",
        "x",
        "%00",
        "..%2F..",
        "00000000-0000-0000-0000-00000000000g",
        f"{new_id()}%0A",
        f"{new_id()}%20",
        "%FF",
        "é",
    ):
        refusals.expect("validation_failed", client.post, f"/loans/{text}/fees", bodies.fee(), fields=("loan_id",))
