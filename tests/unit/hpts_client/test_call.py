"""A call keeps its key, and every paged operation of the contract makes a call that knows its next page."""

import re
from inspect import signature

import pytest

from app.contract.document import load
from app.contract.operations import each_operation, follow_reference
from hpts_client import PagedCall, api, models
from hpts_client.call import new_key
from tests.unit.hpts_client.support import ENTRY_ID, LOAN_ID, fee_call

DOCUMENT = load().document


def parameter_names(operation_id: str) -> set[str]:
    (found,) = [each for _, _, each in each_operation(DOCUMENT) if each["operationId"] == operation_id]
    return {follow_reference(DOCUMENT, each)["name"] for each in found.get("parameters", [])}


def function_name(operation_id: str) -> str:
    return re.sub("([A-Z])", r"_\1", operation_id).lower()


OPERATION_IDS = [each["operationId"] for _, _, each in each_operation(DOCUMENT)]


def test_every_operation_of_the_contract_has_its_function() -> None:
    assert sorted(api.__all__) == sorted(map(function_name, OPERATION_IDS))


@pytest.mark.parametrize("operation_id", OPERATION_IDS)
def test_exactly_the_operations_with_a_page_token_are_paged(operation_id: str) -> None:
    has_pages = any(name.endswith("page_token") for name in parameter_names(operation_id))
    made = signature(getattr(api, function_name(operation_id))).return_annotation
    assert (made.__origin__ is PagedCall) is has_pages


@pytest.mark.parametrize("operation_id", OPERATION_IDS)
def test_exactly_the_operations_that_need_a_key_make_one(operation_id: str) -> None:
    """One that is asked for by key, as history is, has a parameter of that name whose default is no key to be made."""
    parameter = signature(getattr(api, function_name(operation_id))).parameters.get("idempotency_key")
    assert (parameter is not None and parameter.default is None) is ("Idempotency-Key" in parameter_names(operation_id))


def test_each_call_that_is_made_has_a_key_of_its_own_and_keeps_it() -> None:
    one, another = fee_call(), fee_call()
    assert one.idempotency_key == one.idempotency_key != another.idempotency_key
    assert fee_call("fee:loan-42:1").idempotency_key == "fee:loan-42:1"
    assert api.get_liveness().idempotency_key is None


def test_a_key_that_is_made_is_one_that_the_contract_takes() -> None:
    pattern = DOCUMENT["components"]["schemas"]["IdempotencyKey"]["pattern"]
    assert all(re.fullmatch(pattern, new_key(function_name(each))) for each in OPERATION_IDS)


def test_the_next_page_is_asked_for_with_the_same_filters() -> None:
    call = api.list_loan_journal_entries(LOAN_ID, event_type="accrual", page_size=2)
    following = call.after(models.JournalEntryPage(items=[], next_page_token="two"))
    assert following is not None
    assert following.query == {**call.query, "page_token": "two"}
    assert call.after(models.JournalEntryPage(items=[])) is None


def test_the_lines_of_an_entry_are_pages_too() -> None:
    call = api.get_journal_entry(LOAN_ID)
    facts = {"event_type": "accrual", "effective_at": "2026-11-22", "posted_at": "2026-11-22T21:40:15Z", "lines": []}
    last = {"journal_entry_id": ENTRY_ID, **facts}
    following = call.after(models.JournalEntry.from_dict({**last, "next_lines_page_token": "two"}))
    assert following is not None
    assert following.query == {"lines_page_token": "two"}
    assert call.after(models.JournalEntry.from_dict(last)) is None
