"""Every published fact stands in the document as it was published."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.document_walk import at, posts

FACTS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text("utf-8"))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["fact"])
def test_the_fact_stands_as_published(fact: dict[str, Any], document: dict[str, Any]) -> None:
    for pointer in fact["at"] or posts(document):
        found = at(document, pointer + fact.get("below", ""))
        if "is" in fact:
            assert found == fact["is"], pointer
        elif isinstance(fact["has"], dict):
            assert {name: found.get(name) for name in fact["has"]} == fact["has"], pointer
        else:
            assert set(fact["has"]) <= set(found), pointer


def test_amounts_are_strings_everywhere(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, member in schema.get("properties", {}).items():
            if field.endswith("_minor"):
                assert member["$ref"].endswith("AmountMinor"), f"{name}.{field}"


def test_no_dialect_is_declared_because_prism_then_validates_nothing(document: dict[str, Any]) -> None:
    assert "jsonSchemaDialect" not in document
