"""A body that is wrong is told where, which rule, and what would be right; never at length, never slowly."""

from typing import Any

import pytest

from app import limits
from app.contract.document import BodyValidator, Contract

LOAN = "7d0f5a52-3c1b-4e7a-9a86-2f4d1c0b9e11"
ACCRUED = {"loan_id": LOAN, "outstanding_principal_minor": "1", "interest_minor": "0"}


@pytest.fixture
def payments(contract: Contract) -> BodyValidator:
    validator = contract.operations["postPayment"].request_body
    assert validator is not None
    return validator


@pytest.fixture
def accruals(contract: Contract) -> BodyValidator:
    validator = contract.operations["postAccrualBatch"].request_body
    assert validator is not None
    return validator


def payment(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "loan_id": LOAN,
        "borrower_id": LOAN,
        "amount_minor": "88849",
        "currency": "USD",
        "effective_at": "2026-11-22",
        "source_method": "ach",
    }
    return {name: value for name, value in (body | changes).items() if value is not ...}


def batch(loans: list[Any]) -> dict[str, Any]:
    return {"program_id": LOAN, "accrual_date": "2026-11-21", "day_count_convention": "ACT_365", "loans": loans}


def test_a_valid_body_has_no_fault(payments: BodyValidator) -> None:
    body = payment(external_ref="", metadata={"k" * 40: "v" * 500})
    assert payments.is_valid(body)
    assert payments.field_errors(body) == []


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"loan_id": ...}, "/loan_id", "required"),
        ({"surplus": 1}, "/surplus", "unexpected"),
        ({"a/b~c": 1}, "/a~1b~0c", "unexpected"),
        ({"amount_minor": 1}, "/amount_minor", "type"),
        ({"amount_minor": 1.0}, "/amount_minor", "type"),
        ({"amount_minor": None}, "/amount_minor", "type"),
        ({"amount_minor": "01"}, "/amount_minor", "pattern"),
        ({"amount_minor": "-1"}, "/amount_minor", "pattern"),
        ({"amount_minor": "1\n"}, "/amount_minor", "pattern"),
        ({"amount_minor": "1٣"}, "/amount_minor", "pattern"),
        ({"amount_minor": "9" * 20}, "/amount_minor", "max_length"),
        ({"amount_minor": ""}, "/amount_minor", "min_length"),
        ({"loan_id": LOAN.replace("-", "")}, "/loan_id", "pattern"),
        ({"currency": "usd"}, "/currency", "pattern"),
        ({"effective_at": "2026-02-30"}, "/effective_at", "format"),
        ({"effective_at": "20260228"}, "/effective_at", "format"),
        ({"source_method": "barter"}, "/source_method", "enum"),
        ({"external_ref": "x" * 129}, "/external_ref", "max_length"),
        ({"external_ref": "a\0b"}, "/external_ref", "pattern"),
        ({"metadata": {"a": 1}}, "/metadata/a", "type"),
        ({"metadata": {"": "x"}}, "/metadata/", "min_length"),
        ({"metadata": {"a\0": "x"}}, "/metadata/a\0", "pattern"),
        ({"metadata": {str(number): "" for number in range(51)}}, "/metadata", "max_properties"),
    ],
)
def test_a_fault_names_its_field_and_its_rule(change: dict[str, Any], field: str, code: str, payments: BodyValidator) -> None:
    body = payment(**change)
    assert not payments.is_valid(body)
    [fault] = payments.field_errors(body)
    assert (fault.field, fault.code) == (field, code)
    assert fault.message.startswith(("must", "is", "name must"))


def test_the_largest_amount_of_the_pattern_is_left_to_the_ledger(payments: BodyValidator) -> None:
    assert payments.is_valid(payment(amount_minor="9" * 19))


@pytest.mark.parametrize("body", [None, [], "text", 1, True, 1e999])
def test_a_body_that_is_no_object_is_one_fault_of_the_whole(body: Any, payments: BodyValidator) -> None:
    [fault] = payments.field_errors(body)
    assert (fault.field, fault.code) == ("", "type")


@pytest.mark.parametrize(("loans", "code"), [([], "min_items"), ([ACCRUED] * 10_001, "max_items")])
def test_a_batch_has_1_to_10000_loans(loans: list[Any], code: str, accruals: BodyValidator) -> None:
    [fault] = accruals.field_errors(batch(loans))
    assert (fault.field, fault.code) == ("/loans", code)


def test_every_fault_is_told_up_to_the_most(payments: BodyValidator) -> None:
    assert len(payments.field_errors({})) == 6
    assert len(payments.field_errors({str(number): 1 for number in range(limits.FIELD_ERRORS)})) == limits.FIELD_ERRORS


def test_of_a_long_list_the_bad_items_are_found_wherever_they_are(accruals: BodyValidator) -> None:
    loans: list[Any] = [ACCRUED] * 9_955 + [{**ACCRUED, "interest_minor": "-1"}] * 5 + [{}] * 40
    faults = accruals.field_errors(batch(loans))
    assert [fault.field for fault in faults[:6]] == [
        *(f"/loans/{9_955 + number}/interest_minor" for number in range(5)),
        "/loans/9960/loan_id",
    ]
    assert len(faults) == limits.FIELD_ERRORS


def test_a_large_item_of_a_long_list_is_named_alone(accruals: BodyValidator) -> None:
    [fault] = accruals.field_errors(batch([ACCRUED] * 300 + [{str(number): 1 for number in range(1000)}]))
    assert (fault.field, fault.code) == ("/loans/300", "invalid")


def test_a_large_body_is_told_its_first_fault(payments: BodyValidator) -> None:
    [fault] = payments.field_errors(payment(metadata={str(number): 1 for number in range(50_000)}))
    assert fault.field == "/metadata"


def test_a_large_valid_body_has_no_fault(accruals: BodyValidator) -> None:
    assert accruals.field_errors(batch([ACCRUED] * 1000)) == []


@pytest.mark.parametrize("change", [{"x" * 10_000: 1}, {"amount_minor": "9" * 10_000}, {"metadata": {"y" * 10_000: "v"}}])
def test_what_was_sent_is_not_sent_back_at_length(change: dict[str, Any], payments: BodyValidator) -> None:
    for fault in payments.field_errors(payment(**change)):
        assert len(fault.field) <= 100
        assert "99999" not in fault.message
        assert "yyyyy" not in fault.message


def test_a_large_body_is_cut_before_it_is_told_what_is_wrong(payments: BodyValidator) -> None:
    body = payment(**{f"x{number}": number for number in range(100_000)})
    short = payments.shorten(body)
    assert short.keys() > payment().keys()
    assert len(short) < 1_000
    faults = payments.field_errors(short)
    assert {fault.code for fault in faults} == {"unexpected"}
    assert len(faults) <= limits.FIELD_ERRORS
