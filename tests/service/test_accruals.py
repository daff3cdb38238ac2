"""POST /accruals/batch: a day's interest on many loans, posted for all of them or for none."""

from typing import Any, Final

import pytest

from tests.support import bodies
from tests.support.bodies import OMITTED, accrual, accrued_loan, day
from tests.support.client import LedgerClient, new_id, today
from tests.support.refusals import Refusals

PATH: Final = "/accruals/batch"


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    """A loan of 1,000,000 opened ten days ago."""
    return client.open_loan(effective_at=day(-10))


def interest(client: LedgerClient, loan_id: str) -> str:
    text: str = client.balance(loan_id).json()["interest_receivable_minor"]
    return text


def test_a_batch_is_one_entry_with_a_line_for_each_loan_and_one_for_the_total(client: LedgerClient, loan_id: str) -> None:
    other_id = client.open_loan(500, day(-10))
    response = client.accrue({loan_id: (1_000_000, 10_000), other_id: (500, 7)})
    answer = response.json()
    assert response.status_code == 201
    assert set(answer) == {"accrual_event_id", "journal_entry_id", "loan_count", "total_accrued_minor", "posted_at"}
    assert (answer["loan_count"], answer["total_accrued_minor"]) == (2, "10007")
    entry = client.get(f"/journal-entries/{answer['journal_entry_id']}").json()
    assert (entry["event_type"], entry["effective_at"]) == ("accrual", today())
    lines = [(line["account_code"], line["direction"], line["amount_minor"], line.get("loan_id")) for line in entry["lines"]]
    assert lines == [("1200", "DR", "10000", loan_id), ("1200", "DR", "7", other_id), ("4000", "CR", "10007", None)]


def test_interest_of_zero_posts_no_line_but_accrues_the_day(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    answer = client.accrue({loan_id: (1_000_000, 0)}).json()
    assert answer["total_accrued_minor"] == "0"
    assert client.get(f"/journal-entries/{answer['journal_entry_id']}").json()["lines"] == []
    refusals.expect("duplicate_accrual", client.accrue, {loan_id: (1_000_000, 5)}, fields=("/loans/0/loan_id",))


def test_the_stated_principal_must_be_the_ledger_s_as_of_the_date(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    client.pay(loan_id, 400_000, effective_at=day(-3))
    for date, principal_minor in ((day(-4), 1_000_000), (day(-3), 600_000), (day(1), 600_000)):
        assert client.accrue({loan_id: (principal_minor, 5)}, accrual_date=date).status_code == 201
    field = "/loans/0/outstanding_principal_minor"
    refusals.expect("principal_drift", client.accrue, {loan_id: (1_000_000, 5)}, fields=(field,))
    refusals.expect("principal_drift", client.accrue, {loan_id: (600_000, 5)}, accrual_date=day(-5), fields=(field,))


def test_principal_drift_names_every_loan_that_drifted(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    others = [client.open_loan(100, day(-10)) for _ in range(3)]
    batch = {others[0]: (99, 1), loan_id: (1_000_000, 1), others[1]: (100, 1), others[2]: (0, 1)}
    document = refusals.expect("principal_drift", client.accrue, batch)
    assert [error["field"] for error in document["errors"]] == [
        "/loans/0/outstanding_principal_minor",
        "/loans/3/outstanding_principal_minor",
    ]
    assert others[0] in document["errors"][0]["message"]
    assert others[2] in document["errors"][1]["message"]


def test_the_same_loan_and_day_is_accrued_once_until_it_is_reversed(
    client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    batch = {loan_id: (1_000_000, 100)}
    first = client.accrue(batch, accrual_date=day(-1)).json()
    document = refusals.expect("duplicate_accrual", client.accrue, batch, accrual_date=day(-1), fields=("/loans/0/loan_id",))
    assert first["journal_entry_id"] in document["errors"][0]["message"]
    assert client.accrue(batch).status_code == 201
    assert client.reverse(first["journal_entry_id"]).status_code == 201
    assert client.accrue(batch, accrual_date=day(-1)).status_code == 201
    assert interest(client, loan_id) == "200"


def test_a_batch_with_one_bad_loan_posts_nothing(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    batch = {loan_id: (1_000_000, 1), new_id(): (0, 1), new_id(): (0, 1)}
    document = refusals.expect("loan_not_found", client.accrue, batch)
    assert [error["field"] for error in document["errors"]] == ["/loans/1/loan_id", "/loans/2/loan_id"]
    assert interest(client, loan_id) == "0"


def test_a_loan_twice_in_a_batch_is_refused_in_upper_and_lower_case(client: LedgerClient, refusals: Refusals) -> None:
    loan_id = client.open_loan(loan := 100)
    for again in (loan_id, loan_id.upper()):
        sent = accrual(accrued_loan(loan_id, loan), accrued_loan(again, loan))
        refusals.expect_each("duplicate_loan", PATH, [sent], "/loans/1/loan_id")


def test_a_batch_is_in_one_currency(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    euro_id = new_id()
    assert client.disburse(euro_id, 100, currency="EUR").status_code == 201
    refusals.expect(
        "currency_mismatch", client.accrue, {loan_id: (1_000_000, 1), euro_id: (100, 1)}, fields=("/loans/1/loan_id",)
    )
    assert client.accrue({euro_id: (100, 1)}).status_code == 201


@pytest.mark.parametrize(
    ("code", "dates"),
    [
        ("validation_failed", bodies.MALFORMED_DATES),
        ("effective_date_in_future", ("9999-12-31", bodies.too_far_ahead())),
    ],
)
def test_a_malformed_or_future_date_is_refused(
    client: LedgerClient, loan_id: str, refusals: Refusals, code: str, dates: tuple[Any, ...]
) -> None:
    refusals.expect_each(code, PATH, [accrual(accrued_loan(loan_id), accrual_date=each) for each in dates], "/accrual_date")


@pytest.mark.parametrize("accrual_date", ["0001-01-01", day(-11)])
def test_a_date_before_a_loan_opened_is_refused(
    client: LedgerClient, loan_id: str, refusals: Refusals, accrual_date: str
) -> None:
    batch = {loan_id: (0, 1)}
    refusals.expect("effective_before_opening", client.accrue, batch, accrual_date=accrual_date, fields=("/loans/0/loan_id",))


@pytest.mark.parametrize("name", ["interest_minor", "outstanding_principal_minor"])
def test_malformed_and_too_large_amounts_are_refused(client: LedgerClient, loan_id: str, refusals: Refusals, name: str) -> None:
    malformed = [accrual(accrued_loan(loan_id, **{name: each})) for each in bodies.MALFORMED_AMOUNTS]
    refusals.expect_each("validation_failed", PATH, malformed, f"/loans/0/{name}")
    too_large = [accrual(accrued_loan(loan_id, **{name: each})) for each in bodies.OUT_OF_RANGE_AMOUNTS]
    refusals.expect_each("amount_out_of_range", PATH, too_large, f"/loans/0/{name}")


def test_a_sum_above_the_largest_amount_is_refused(client: LedgerClient, refusals: Refusals) -> None:
    one, other = client.open_loan(1), client.open_loan(1)
    refusals.expect("amount_out_of_range", client.accrue, {one: (1, bodies.LARGEST - 1), other: (1, 2)})
    refusals.expect("amount_out_of_range", client.accrue, {one: (1, bodies.LARGEST)})
    assert client.accrue({one: (1, bodies.LARGEST - 2), other: (1, 1)}).status_code == 201
    refusals.expect("amount_out_of_range", client.accrue, {other: (1, 2)}, accrual_date=day(1))


def test_every_convention_is_taken(client: LedgerClient, loan_id: str) -> None:
    for offset, convention in enumerate(("ACT_365", "ACT_360", "ACT_ACT", "THIRTY_360")):
        batch = {loan_id: (1_000_000, 1)}
        assert client.accrue(batch, accrual_date=day(-offset), day_count_convention=convention).status_code == 201


MALFORMED: Final[dict[str, tuple[Any, ...]]] = {
    "program_id": (*bodies.MALFORMED_IDS, OMITTED),
    "day_count_convention": ("", "ACT/365", "act_365", None, OMITTED),
    "accrual_date": (OMITTED,),
    "loans": ([], None, {}, "x", OMITTED),
    "metadata": ({},),
    "effective_at": (today(),),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_field_that_the_contract_does_not_admit_is_refused(
    client: LedgerClient, loan_id: str, refusals: Refusals, name: str
) -> None:
    sent = [accrual(accrued_loan(loan_id), **{name: value}) for value in MALFORMED[name]]
    refusals.expect_each("validation_failed", PATH, sent, f"/{name}")


def test_a_loan_that_the_contract_does_not_admit_is_named(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    good = accrued_loan(loan_id)
    for name in good:
        refusals.expect_each(
            "validation_failed", PATH, [accrual(good, accrued_loan(loan_id, **{name: OMITTED}))], f"/loans/1/{name}"
        )
    for value in bodies.MALFORMED_IDS:
        refusals.expect_each("validation_failed", PATH, [accrual(good, accrued_loan(loan_id, loan_id=value))], "/loans/1/loan_id")
    refusals.expect_each("validation_failed", PATH, [accrual(good, accrued_loan(loan_id, currency="USD"))], "/loans/1/currency")


def test_a_batch_of_more_than_ten_thousand_loans_is_refused(client: LedgerClient, refusals: Refusals) -> None:
    loans = [accrued_loan(new_id()) for _ in range(10_001)]
    refusals.expect_each("validation_failed", PATH, [accrual(*loans)], "/loans")
