"""A valid body becomes a canonical one, of which the hash is taken, and then a typed one, which the event is made of."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from app.contract.bodies import BodyCoercion
from app.contract.document import Contract
from app.ledger.refusals import AmountOutOfRange
from app.limits import AMOUNT_MINOR_MAX

UPPER, LOWER = "0198C0DE-ABCD-7000-8000-00000000000F", "0198c0de-abcd-7000-8000-00000000000f"
ACCRUAL: dict[str, Any] = {
    "program_id": UPPER,
    "accrual_date": "2026-02-28",
    "day_count_convention": "ACT_365",
    "loans": [
        {"loan_id": UPPER, "outstanding_principal_minor": "100", "interest_minor": "0"},
        {"loan_id": LOWER, "outstanding_principal_minor": str(AMOUNT_MINOR_MAX), "interest_minor": "7"},
    ],
}


def test_ids_become_lower_case_wherever_they_stand_and_nothing_else_changes(contract: Contract) -> None:
    body = deepcopy(ACCRUAL)
    contract.operations["postAccrualBatch"].coercion.canonicalize(body)
    loans = [loan | {"loan_id": LOWER} for loan in ACCRUAL["loans"]]
    assert body == ACCRUAL | {"program_id": LOWER, "loans": loans}


def test_dates_and_amounts_become_values_wherever_they_stand(contract: Contract) -> None:
    body = deepcopy(ACCRUAL)
    contract.operations["postAccrualBatch"].coercion.convert(body)
    assert body["accrual_date"] == date(2026, 2, 28)
    amounts = [(loan["outstanding_principal_minor"], loan["interest_minor"]) for loan in body["loans"]]
    assert amounts == [(100, 0), (AMOUNT_MINOR_MAX, 7)]
    assert body["day_count_convention"] == "ACT_365"


def test_text_that_only_looks_like_an_id_a_date_or_an_amount_stays_as_it_is(contract: Contract) -> None:
    body = {"reason_code": "other", "reason_description": UPPER, "metadata": {"loan_id": UPPER, "on": "2026-02-28", "n": "5"}}
    coerced = deepcopy(body)
    contract.operations["postReversal"].coercion.canonicalize(coerced)
    contract.operations["postReversal"].coercion.convert(coerced)
    assert coerced == body


@pytest.mark.parametrize("number", [0, 1])
def test_an_amount_beyond_the_largest_is_named_by_its_place(contract: Contract, number: int) -> None:
    body = deepcopy(ACCRUAL)
    body["loans"][number]["interest_minor"] = str(AMOUNT_MINOR_MAX + 1)
    with pytest.raises(AmountOutOfRange) as refused:
        contract.operations["postAccrualBatch"].coercion.convert(body)
    assert [error.field for error in refused.value.field_errors] == [f"/loans/{number}/interest_minor"]


def test_a_member_that_is_not_there_is_not_made_up(contract: Contract) -> None:
    body: dict[str, Any] = {}
    for operation in contract.operations.values():
        operation.coercion.canonicalize(body)
        operation.coercion.convert(body)
    assert body == {}


def test_objects_within_objects_are_coerced_too() -> None:
    uuid = {"type": "string", "format": "uuid"}
    inner = {"type": "object", "properties": {"entry_id": uuid, "on": {"type": "string", "format": "date"}}}
    coercion = BodyCoercion({"properties": {"outer": {"properties": {"inner": inner}}}}, {"schemas": {}})
    body: dict[str, Any] = {"outer": {"inner": {"entry_id": UPPER, "on": "2026-01-01"}}}
    coercion.canonicalize(body)
    coercion.convert(body)
    assert body == {"outer": {"inner": {"entry_id": LOWER, "on": date(2026, 1, 1)}}}
