"""The published fragment is in the document, structurally equal; words may differ, and the document may have more."""

from pathlib import Path
from typing import Any

import pytest
import yaml

FRAGMENT: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "published_fragment.openapi.yaml").read_text("utf-8"))
WORDS = ("description", "summary")
SCHEMAS = FRAGMENT["components"]["schemas"]


def structure(value: Any) -> Any:
    """The value without its words; a scope's text is a value, and so is the field named `description` of a schema."""
    if isinstance(value, dict):
        return {name: structure(member) for name, member in value.items() if not (name in WORDS and isinstance(member, str))}
    return [structure(member) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize("member", [name for name in FRAGMENT["info"] if name not in WORDS])
def test_the_info_is_equal(member: str, document: dict[str, Any]) -> None:
    assert document["info"][member] == FRAGMENT["info"][member]


@pytest.mark.parametrize("member", ["openapi", "servers", "security"])
def test_the_head_of_the_document_is_equal(member: str, document: dict[str, Any]) -> None:
    assert document[member] == FRAGMENT[member]


def test_the_published_tags_come_first_and_others_are_marked(document: dict[str, Any]) -> None:
    published = len(FRAGMENT["tags"])
    assert structure(document["tags"][:published]) == structure(FRAGMENT["tags"])
    assert all(tag["x-hpts-extension"] is True for tag in document["tags"][published:])


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_equal(name: str, document: dict[str, Any]) -> None:
    assert structure(document["components"]["schemas"][name]) == structure(SCHEMAS[name])


def test_the_security_scheme_is_equal_with_the_texts_of_its_scopes(document: dict[str, Any]) -> None:
    ours, published = (each["components"]["securitySchemes"] for each in (document, FRAGMENT))
    assert list(ours) == list(published)
    assert structure(ours["bearerAuth"]) == structure(published["bearerAuth"])


def test_the_operation_is_equal_but_for_examples_and_its_problems(document: dict[str, Any]) -> None:
    ours, published = (structure(each["paths"]["/reconciliation/status"]["get"]) for each in (document, FRAGMENT))
    responses = ours.pop("responses")
    responses["200"]["content"]["application/json"].pop("examples")
    assert responses["200"] == published.pop("responses")["200"]
    assert ours == published
    assert all(int(status) >= 400 for status in responses if status != "200")


def test_operations_that_were_not_published_are_marked(document: dict[str, Any]) -> None:
    assert document["paths"]["/loans/{loan_id}/fees"]["post"]["x-hpts-extension"] is True
