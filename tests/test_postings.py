"""The table of postings is complete, and its bodies are valid and become its events."""

from copy import deepcopy
from datetime import date
from typing import Final

import pytest

from app.contract.document import Contract, load
from app.contract.operations import each_operation
from app.edge.call import Call
from handlers.events import event_of
from tests.support.postings import BY_OPERATION_ID, BY_VERB, POSTINGS, Facts, Posting

FACTS: Final = Facts("0198c0de-0000-7000-8000-000000000001", on=date(2026, 2, 28), amount_minor=88_849, principal_minor=1_000_000)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


def test_the_table_has_exactly_the_postings_of_the_contract(contract: Contract) -> None:
    posted = {operation["operationId"]: path for path, method, operation in each_operation(contract.document) if method == "post"}
    assert {posting.operation_id: posting.path for posting in POSTINGS} == posted
    assert len(BY_OPERATION_ID) == len(BY_VERB) == len(POSTINGS)


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_the_body_is_valid_and_becomes_the_event(contract: Contract, posting: Posting) -> None:
    operation, body = contract.operations[posting.operation_id], deepcopy(posting.body(FACTS))
    assert operation.request_body is not None
    assert operation.request_body.field_errors(body) == []
    operation.coercion.canonicalize(body)
    operation.coercion.convert(body)
    assert event_of(Call(posting.operation_id, None, "0" * 32, {"loan_id": FACTS.loan_id}, body)) == posting.event(FACTS)


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_what_the_table_says_of_members_is_said_of_members_of_the_body(contract: Contract, posting: Posting) -> None:
    schema = contract.document["paths"][posting.path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    members = contract.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"].keys()
    assert posting.kept.keys() <= members
    assert posting.longest.keys() <= posting.kept.keys()
