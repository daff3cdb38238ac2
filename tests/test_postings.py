"""The table of postings is complete, and its bodies are valid and become its events."""

from copy import deepcopy
from datetime import date
from typing import Any, Final

import pytest

from app.contract.document import Contract, load
from app.contract.operations import each_operation
from app.edge.call import Call
from handlers.events import event_of
from tests.support.administration import ADMINISTRATION, AdminOperation
from tests.support.document_walk import at
from tests.support.postings import BY_OPERATION_ID, BY_VERB, POSTINGS, Facts, Posting

FACTS: Final = Facts("0198c0de-0000-7000-8000-000000000001", on=date(2026, 2, 28), amount_minor=88_849, principal_minor=1_000_000)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


def test_the_tables_have_exactly_the_posts_of_the_contract(contract: Contract) -> None:
    """What posts an entry answers with its id."""
    posts = {operation["operationId"]: path for path, method, operation in each_operation(contract.document) if method == "post"}
    posted = {name for name in posts if "journal_entry_id" in answer_of(contract, name)["properties"]}
    assert {posting.operation_id: posting.path for posting in POSTINGS} == {name: posts[name] for name in posted}
    assert {each.operation_id: each.path for each in ADMINISTRATION} == {name: posts[name] for name in posts.keys() - posted}
    assert len(BY_OPERATION_ID) == len(BY_VERB) == len(POSTINGS)


def answer_of(contract: Contract, operation_id: str) -> Any:
    """The schema of the first answer."""
    operation = contract.operations[operation_id]
    return at(
        contract.document, f"/paths/{operation.path.replace('/', '~1')}/post/responses/201/content/application~1json/schema"
    )


@pytest.mark.parametrize("operation", ADMINISTRATION, ids=str)
def test_the_body_of_an_administrative_request_is_valid(contract: Contract, operation: AdminOperation) -> None:
    validator = contract.operations[operation.operation_id].request_body
    assert validator is not None
    assert validator.field_errors(operation.body()) == []


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
