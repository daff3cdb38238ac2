"""Operations are listed by tag, in the order of the document, with the scope that each of them needs."""

from flask.testing import FlaskClient

from app.contract.document import Contract
from app.pages.operation_list import operations_by_tag


def test_the_page_of_operations_lists_every_operation_with_its_scope(browser: FlaskClient, contract: Contract) -> None:
    page = browser.get("/docs/operations").text
    for operation in contract.operations.values():
        assert f"{operation.method} /v1{operation.path}" in page
        assert operation.scope is None or operation.scope in page


def test_tags_and_operations_are_in_the_order_of_the_document(contract: Contract) -> None:
    listed = operations_by_tag(contract)
    assert list(listed) == [tag["name"] for tag in contract.document["tags"]]
    found = [each.operation_id for operations in listed.values() for each in operations]
    assert sorted(found) == sorted(contract.operations)
    assert listed["health"][0].scope is None
