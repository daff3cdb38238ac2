"""The published fragment is in the document, structurally equal; words may differ, and the document may have more."""

from typing import Any

import pytest

from app.conformance.fragment import OPERATION, differences, load_fragment, parts

FRAGMENT = load_fragment()
PARTS = parts(FRAGMENT)


@pytest.mark.parametrize("name", PARTS)
def test_the_part_is_equal(name: str, document: dict[str, Any]) -> None:
    assert PARTS[name](document) == PARTS[name](FRAGMENT)


def test_tags_and_operations_that_were_not_published_are_marked(document: dict[str, Any]) -> None:
    assert all(tag["x-hpts-extension"] is True for tag in document["tags"][len(FRAGMENT["tags"]) :])
    assert document["paths"]["/loans/{loan_id}/fees"]["post"]["x-hpts-extension"] is True


def test_what_the_operation_may_answer_more_are_problems(document: dict[str, Any]) -> None:
    path, method = OPERATION
    assert all(int(status) >= 400 for status in document["paths"][path][method]["responses"] if status != "200")


def test_parts_that_differ_or_are_missing_are_named(document: dict[str, Any]) -> None:
    assert differences(document) == []
    schemas = document["components"]["schemas"]
    another = {**document["components"], "schemas": {**schemas, "AmountMinor": schemas["AmountMinor"] | {"maxLength": 18}}}
    assert differences({**document, "components": another}) == ["schema AmountMinor"]
    assert "servers" in differences({})
