"""POST /reversals: an entry is mirrored once, and never if a balance would fall below zero."""

from typing import Any, Final

import pytest

from tests.support import bodies
from tests.support.bodies import OMITTED, day
from tests.support.client import LedgerClient, new_id, today
from tests.support.refusals import Refusals

PATH: Final = "/reversals"


@pytest.fixture
def loan_id(client: LedgerClient) -> str:
    """A loan of 1,000,000 opened ten days ago."""
    return client.open_loan(effective_at=day(-10))


@pytest.fixture
def entry_id(client: LedgerClient, loan_id: str) -> str:
    """A payment of 300 five days ago."""
    return entry_of(client.pay(loan_id, 300, effective_at=day(-5)))


def entry_of(response: Any) -> str:
    assert response.status_code == 201, response.text
    text: str = response.json()["journal_entry_id"]
    return text


def lines(client: LedgerClient, entry_id: str) -> list[tuple[str, ...]]:
    entry = client.get(f"/journal-entries/{entry_id}").json()
    return [(line["account_code"], line["direction"], line["amount_minor"], line.get("loan_id", "")) for line in entry["lines"]]


def test_a_reversal_mirrors_the_entry_and_the_two_are_linked(client: LedgerClient, loan_id: str, entry_id: str) -> None:
    before = client.get(f"/journal-entries/{entry_id}").json()
    assert "reversed_by_entry_id" not in before
    response = client.reverse(entry_id, reason_description="posted to the wrong loan")
    answer = response.json()
    assert response.status_code == 201
    assert set(answer) == {"journal_entry_id", "reverses_entry_id", "posted_at", "correlation_id"}
    assert answer["reverses_entry_id"] == entry_id
    reversal = client.get(f"/journal-entries/{answer['journal_entry_id']}").json()
    assert (reversal["event_type"], reversal["reverses_entry_id"], reversal["description"], reversal["effective_at"]) == (
        "reversal",
        entry_id,
        "posted to the wrong loan",
        today(),
    )
    assert reversal["correlation_id"] == answer["correlation_id"]
    assert client.get(f"/journal-entries/{entry_id}").json() == before | {"reversed_by_entry_id": answer["journal_entry_id"]}
    other = {"DR": "CR", "CR": "DR"}
    mirrored = [(code, other[side], amount, loan) for code, side, amount, loan in lines(client, entry_id)]
    assert sorted(lines(client, answer["journal_entry_id"])) == sorted(mirrored)
    assert client.balance(loan_id).json()["principal_outstanding_minor"] == "1000000"
    assert client.balance(loan_id, as_of_date=day(-1)).json()["principal_outstanding_minor"] == "999700"


def test_an_entry_is_reversed_once(client: LedgerClient, entry_id: str, refusals: Refusals) -> None:
    reversal_id = entry_of(client.reverse(entry_id))
    document = refusals.expect("already_reversed", client.reverse, entry_id.upper(), fields=("/reverses_entry_id",))
    assert reversal_id in document["errors"][0]["message"]


def test_a_reversal_is_not_reversible(client: LedgerClient, entry_id: str, refusals: Refusals) -> None:
    reversal_id = entry_of(client.reverse(entry_id))
    refusals.expect("not_reversible", client.reverse, reversal_id, fields=("/reverses_entry_id",))


def test_an_unknown_entry_is_refused(client: LedgerClient, loan_id: str, refusals: Refusals) -> None:
    for unknown in (new_id(), loan_id):
        refusals.expect("entry_not_found", client.reverse, unknown, fields=("/reverses_entry_id",))


def test_a_disbursement_that_was_paid_back_is_reversed_after_its_payment(
    client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    opening_id = client.get(f"/loans/{loan_id}/journal-entries").json()["items"][0]["journal_entry_id"]
    payment_id = entry_of(client.pay(loan_id, 300, effective_at=day(-5)))
    document = refusals.expect("reversal_blocked", client.reverse, opening_id, effective_at=day(-10))
    named = " ".join(error["message"] for error in document["errors"])
    assert loan_id in named
    assert payment_id in named
    assert opening_id not in named
    assert client.reverse(payment_id, effective_at=day(-5)).status_code == 201
    assert client.reverse(opening_id, effective_at=day(-5)).status_code == 201
    assert client.balance(loan_id).json()["total_exposure_minor"] == "0"
    assert client.balance(loan_id, as_of_date=day(-6)).json()["principal_outstanding_minor"] == "1000000"


def test_a_fee_that_was_paid_blocks_its_reversal_and_names_the_payment(
    client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    fee_id = entry_of(client.fee(loan_id, 500))
    payment_id = entry_of(client.pay(loan_id, 100))
    document = refusals.expect("reversal_blocked", client.reverse, fee_id, fields=("/reverses_entry_id",))
    assert any(payment_id in error["message"] for error in document["errors"])


def test_an_accrual_of_which_a_part_was_paid_names_the_loan_that_blocks(
    client: LedgerClient, loan_id: str, refusals: Refusals
) -> None:
    other_id = client.open_loan(100, day(-10))
    accrual_id = entry_of(client.accrue({loan_id: (1_000_000, 50), other_id: (100, 50)}, accrual_date=day(-1)))
    payment_id = entry_of(client.pay(other_id, 1))
    document = refusals.expect("reversal_blocked", client.reverse, accrual_id)
    named = " ".join(error["message"] for error in document["errors"])
    assert other_id in named
    assert payment_id in named
    assert loan_id not in named


@pytest.mark.parametrize(
    ("code", "dates"),
    [
        ("validation_failed", (*bodies.MALFORMED_DATES, OMITTED)),
        ("effective_date_in_future", ("9999-12-31", bodies.too_far_ahead())),
        ("effective_before_entry", ("0001-01-01", day(-6))),
    ],
)
def test_a_malformed_future_or_too_early_date_is_refused(
    client: LedgerClient, entry_id: str, refusals: Refusals, code: str, dates: tuple[Any, ...]
) -> None:
    refusals.expect_each(code, PATH, [bodies.reversal(entry_id, effective_at=each) for each in dates], "/effective_at")


def test_every_reason_is_taken_and_limits_are_kept(client: LedgerClient, loan_id: str) -> None:
    for reason in ("error_correction", "duplicate", "payment_returned", "fraud", "regulatory", "other"):
        entry_id = entry_of(client.pay(loan_id, 1))
        fields: dict[str, Any] = {"reason_code": reason, "reason_description": "x" * 500, "metadata": {"k" * 40: "x" * 500}}
        assert client.reverse(entry_id, **fields).status_code == 201


MALFORMED: Final[dict[str, tuple[Any, ...]]] = {
    "reverses_entry_id": (*bodies.MALFORMED_IDS, OMITTED),
    "reason_code": ("", "ERROR", "mistake", None, 1, OMITTED),
    "reason_description": ("", "x" * 501, None, 1, "a\x00b", OMITTED),
    "metadata": bodies.MALFORMED_METADATA,
    "amount_minor": ("100",),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_field_that_the_contract_does_not_admit_is_refused(
    client: LedgerClient, entry_id: str, refusals: Refusals, name: str
) -> None:
    sent = [bodies.reversal(entry_id, **{name: value}) for value in MALFORMED[name]]
    refusals.expect_each("validation_failed", PATH, sent, f"/{name}")
