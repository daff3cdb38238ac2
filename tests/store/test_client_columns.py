"""The columns marked as written by clients are those in which a client's own words arrive, whatever the contract lets it fill."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import pytest
from sqlalchemy import Connection, select

from app.auth.caller import Caller
from app.contract.document import Contract, load
from app.contract.operations import follow_reference
from app.edge.call import Call
from app.posting.command import PostingRequest
from app.store.columns import is_array_of_values
from app.store.store import Store
from app.store.tables import Document, is_written_by_clients, metadata
from handlers.events import event_of
from tests.support.events import new_id, running_writer
from tests.support.postings import PAYMENT, POSTINGS

WORDS: Final = "words-of-a-client"
"""What any text takes that is not limited to a form of its own."""
IN_ORDER: Final = sorted(POSTINGS, key=lambda each: (not each.opens_loans, each.after is not None, each is PAYMENT))
"""The contract's examples can be posted one after another in this order: the accrual states the principal before any payment."""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


def filled(contract: Contract, operation_id: str, posted: dict[str, Any]) -> dict[str, Any]:
    """The contract's example with the client's words in every member that takes them; a reversal is of the last entry."""
    operation = contract.operations[operation_id]
    declared = contract.document["paths"][operation.path]["post"]["requestBody"]["content"]["application/json"]
    [example] = declared["examples"].values()
    body: dict[str, Any] = deepcopy(follow_reference(dict(contract.document), example)["value"])
    if "reverses_entry_id" in body:
        body["reverses_entry_id"] = posted["journal_entry_id"]
    assert operation.request_body is not None
    for name in follow_reference(dict(contract.document), declared["schema"])["properties"]:
        for value in (WORDS, {WORDS: WORDS}):
            if operation.request_body.is_valid(body | {name: value}):
                body[name] = value
    return body


def call_of(contract: Contract, operation_id: str, body: dict[str, Any], tenant_id: str, loan_id: str) -> Call:
    operation = contract.operations[operation_id]
    operation.coercion.convert(body)
    caller = Caller(tenant_id, WORDS, frozenset(), 0.0)
    parameters = {each.name: loan_id for each in operation.parameters if each.location == "path"}
    return Call(operation_id, caller, "0" * 32, parameters, body)


def columns_with_the_words(connection: Connection) -> set[str]:
    found = set()
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)).mappings():
            found |= {f"{table.name}.{name}" for name, value in row.items() if WORDS in repr(value)}
    return found


async def test_a_client_s_words_arrive_in_the_columns_marked_so_and_in_the_document(store: Store, contract: Contract) -> None:
    tenant_id, loan_id, answer = new_id(), "", dict[str, Any]()
    async with running_writer(store, lambda: datetime(2100, 1, 1, tzinfo=UTC)) as writer:
        for operation_id in (posting.operation_id for posting in IN_ORDER):
            body = filled(contract, operation_id, answer)
            loan_id = body.get("loan_id", loan_id)
            event = event_of(call_of(contract, operation_id, body, tenant_id, loan_id))
            request = PostingRequest(tenant_id, WORDS, new_id(), f"{WORDS}:{operation_id}", b"")
            answer = orjson.loads((await writer.submit(request, event)).body)
    columns = {f"{table.name}.{column.name}": column for table in metadata.sorted_tables for column in table.columns}
    marked = {name for name, column in columns.items() if is_written_by_clients(column)}
    found = await store.read([tenant_id], columns_with_the_words)
    documents = {name for name in found if columns[name].type is Document}
    assert documents == {"journal_entries.details"}
    assert found - documents == marked
    assert all(is_array_of_values(columns[name]) for name in found)
