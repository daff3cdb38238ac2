"""POST /payments: what a payment pays, what it answers, and what is refused."""

from typing import Any, Final

import pytest

from tests.support import bodies
from tests.support.bodies import OMITTED, day
from tests.support.client import LedgerClient, new_id, today
from tests.support.refusals import Refusals

REQUIRED = ("loan_id", "borrower_id", "amount_minor", "currency", "effective_at", "source_method")


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    """A loan of 1,000,000 opened ten days ago."""
    return client.open_loan(effective_at=day(-10))


def owed(client: LedgerClient, loan_id: str, **parameters: str) -> tuple[str, str, str]:
    """Fees, interest and principal."""
    balance = client.balance(loan_id, **parameters).json()
    return balance["fees_receivable_minor"], balance["interest_receivable_minor"], balance["principal_outstanding_minor"]


def allocation(client: LedgerClient, loan_id: str, amount_minor: int | str, **fields: Any) -> tuple[str, ...]:
    """Fees, interest, principal and suspense of a payment that is posted."""
    response = client.pay(loan_id, amount_minor, **fields)
    assert response.status_code == 201, response.text
    parts = response.json()["allocation"]
    return tuple(parts[name] for name in ("fees_minor", "interest_minor", "principal_minor", "suspense_minor"))


def test_the_published_example_is_allocated_as_published(client: LedgerClient, loan_id: str) -> None:
    assert client.fee(loan_id, 500).status_code == 201
    assert client.accrue({loan_id: (1_000_000, 10_000)}).status_code == 201
    assert allocation(client, loan_id, 88_849) == ("500", "10000", "78349", "0")
    assert owed(client, loan_id) == ("0", "0", "921651")


def test_the_answer_names_the_event_and_the_entry_by_version_7_ids(client: LedgerClient, loan_id: str) -> None:
    answer = client.pay(loan_id, 5).json()
    assert set(answer) == {"payment_event_id", "journal_entry_id", "allocation", "posted_at"}
    assert answer["payment_event_id"] != answer["journal_entry_id"]
    assert all(answer[name][14] == "7" for name in ("payment_event_id", "journal_entry_id"))
    assert answer["posted_at"].endswith("Z")


def test_the_entry_has_a_line_for_each_part_that_is_not_zero(client: LedgerClient, loan_id: str) -> None:
    client.fee(loan_id, 500)
    answer = client.pay(loan_id, 1_000_600, external_ref="proc_txn_abc123").json()
    entry = client.get(f"/journal-entries/{answer['journal_entry_id']}").json()
    assert (entry["event_type"], entry["effective_at"], entry["posted_at"]) == ("payment_received", today(), answer["posted_at"])
    assert [(line["account_code"], line["direction"], line["amount_minor"]) for line in entry["lines"]] == [
        ("1050", "DR", "1000600"),
        ("1300", "CR", "500"),
        ("1100", "CR", "1000000"),
        ("2100", "CR", "100"),
    ]
    assert {line["external_ref"] for line in entry["lines"]} == {"proc_txn_abc123"}
    assert all(line["loan_id"] == loan_id for line in entry["lines"][1:])
    assert all(line["borrower_id"] == client.borrower(loan_id) for line in entry["lines"][1:])


def test_the_rest_of_a_payment_goes_to_suspense(client: LedgerClient, loan_id: str) -> None:
    assert allocation(client, loan_id, 1_000_001) == ("0", "0", "1000000", "1")
    assert allocation(client, loan_id, 7) == ("0", "0", "0", "7")
    assert client.account("2100").json()["normal_balance_minor"] == "8"


def test_a_back_dated_payment_pays_only_what_was_owed_on_its_day_and_still_is(client: LedgerClient, loan_id: str) -> None:
    client.fee(loan_id, 500, effective_at=day(-2))
    assert allocation(client, loan_id, 600, effective_at=day(-5)) == ("0", "0", "600", "0")
    assert allocation(client, loan_id, 999_000, effective_at=day(-1)) == ("500", "0", "998500", "0")
    assert allocation(client, loan_id, 2_000, effective_at=day(-6)) == ("0", "0", "900", "1100")
    assert owed(client, loan_id) == ("0", "0", "0")
    assert owed(client, loan_id, as_of_date=day(-3)) == ("0", "0", "998500")


def test_a_payment_may_be_dated_tomorrow_and_on_the_opening_day(client: LedgerClient, loan_id: str) -> None:
    assert allocation(client, loan_id, 1, effective_at=day(1))[2] == "1"
    assert allocation(client, loan_id, 1, effective_at=day(-10))[2] == "1"


def test_every_source_method_is_taken(client: LedgerClient, loan_id: str) -> None:
    for method in ("ach", "wire", "card", "check", "rtp", "cash", "internal"):
        assert allocation(client, loan_id, 1, source_method=method)[2] == "1"


def test_ids_in_upper_case_name_the_same_loan_and_are_answered_in_lower_case(client: LedgerClient, loan_id: str) -> None:
    body = bodies.payment(client, loan_id, loan_id=loan_id.upper(), borrower_id=client.borrower(loan_id).upper())
    answer = client.post("/payments", body).json()
    entry = client.get(f"/journal-entries/{answer['journal_entry_id'].upper()}").json()
    assert entry["journal_entry_id"] == answer["journal_entry_id"]
    assert entry["lines"][1]["loan_id"] == loan_id
    assert entry["lines"][1]["borrower_id"] == client.borrower(loan_id)


def test_the_largest_amount_is_taken(client: LedgerClient, loan_id: str) -> None:
    assert allocation(client, loan_id, bodies.LARGEST) == ("0", "0", "1000000", str(bodies.LARGEST - 1_000_000))


def test_an_amount_that_is_not_a_string_of_minor_units_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    sent = [bodies.payment(client, loan_id, amount_minor=amount) for amount in bodies.MALFORMED_AMOUNTS]
    refusals.expect_each("validation_failed", "/payments", sent, "/amount_minor")


def test_an_amount_of_zero_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    refusals.expect("amount_not_positive", client.pay, loan_id, "0", fields=("/amount_minor",))


def test_an_amount_above_the_largest_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    sent = [bodies.payment(client, loan_id, amount_minor=amount) for amount in bodies.OUT_OF_RANGE_AMOUNTS]
    refusals.expect_each("amount_out_of_range", "/payments", sent, "/amount_minor")


def test_a_total_above_the_largest_amount_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    assert client.pay(loan_id, bodies.LARGEST - 1).status_code == 201
    refusals.expect("amount_out_of_range", client.pay, loan_id, 2)
    assert client.pay(loan_id, 1).status_code == 201


@pytest.mark.parametrize(
    ("code", "dates"),
    [
        ("validation_failed", bodies.MALFORMED_DATES),
        ("effective_date_in_future", ("9999-12-31", "2999-01-01", bodies.too_far_ahead())),
        ("effective_before_opening", ("0001-01-01", "1900-01-01", day(-11))),
    ],
)
def test_a_malformed_future_or_too_early_date_is_refused(
    client: LedgerClient, loan_id: str, refusals: Refusals, code: str, dates: tuple[Any, ...]
) -> None:
    sent = [bodies.payment(client, loan_id, effective_at=each) for each in dates]
    refusals.expect_each(code, "/payments", sent, "/effective_at")


def test_an_unknown_loan_is_refused(client: LedgerClient, refusals: Refusals) -> None:
    refusals.expect("loan_not_found", client.pay, new_id(), fields=("/loan_id",))


def test_another_borrower_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    refusals.expect("borrower_mismatch", client.pay, loan_id, borrower_id=new_id(), fields=("/borrower_id",))


def test_another_currency_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    refusals.expect("currency_mismatch", client.pay, loan_id, currency="EUR", fields=("/currency",))
    refusals.expect("currency_unknown", client.pay, loan_id, currency="ZZZ", fields=("/currency",))


def test_each_required_field_that_is_missing_is_named(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    for name in REQUIRED:
        refusals.expect_each("validation_failed", "/payments", [bodies.payment(client, loan_id, **{name: OMITTED})], f"/{name}")


MALFORMED: Final[dict[str, tuple[Any, ...]]] = {
    "/loan_id": bodies.MALFORMED_IDS,
    "/borrower_id": bodies.MALFORMED_IDS,
    "/currency": bodies.MALFORMED_CURRENCIES,
    "/source_method": ("", "ACH", "paypal", None, 1),
    "/external_ref": ("x" * 129, None, 1, "a\x00b"),
    "/metadata": bodies.MALFORMED_METADATA,
    **dict.fromkeys(("/tenant_id", "/Amount_minor", "/amount", "/__proto__", "/"), ("x",)),
}


@pytest.mark.parametrize("field", MALFORMED)
def test_a_field_that_the_contract_does_not_admit_is_refused(
    client: LedgerClient, loan_id: str, refusals: Refusals, field: str
) -> None:
    refusals.expect_each(
        "validation_failed",
        "/payments",
        [bodies.payment(client, loan_id, **{field[1:]: value}) for value in MALFORMED[field]],
        field,
    )


def test_metadata_that_the_contract_does_not_admit_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    sent = [bodies.payment(client, loan_id, metadata=metadata) for metadata in bodies.MALFORMED_MEMBERS]
    refusals.expect_each("validation_failed", "/payments", sent)


def test_several_invalid_fields_are_named_together(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    body = bodies.payment(client, loan_id, amount_minor=1, currency="usd", effective_at="2026-02-30")
    refusals.expect("validation_failed", client.post, "/payments", body, fields=("/amount_minor", "/currency", "/effective_at"))


def test_metadata_at_its_limits_is_taken(client: LedgerClient, loan_id: str) -> None:
    metadata = {f"{number:040}": "x" * 500 for number in range(50)}
    assert client.pay(loan_id, 1, metadata=metadata, external_ref="x" * 128).status_code == 201


def test_a_reference_may_be_empty(client: LedgerClient, loan_id: str) -> None:
    answer = client.pay(loan_id, 1, external_ref="", metadata={"k": ""}).json()
    entry = client.get(f"/journal-entries/{answer['journal_entry_id']}").json()
    assert {line["external_ref"] for line in entry["lines"]} == {""}
