"""Every example in the document is what its schema says, and every example of a problem is what the catalogue says."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from app.contract.document import Contract, load
from app.contract.operations import follow_reference
from app.contract.validators import Checker

DOCUMENT = load().document


def examples(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Place, schema and example of every schema, media type, parameter and header that has examples."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from examples(member, f"{place}/{index}")
    if not isinstance(value, dict):
        return
    if isinstance(value.get("examples"), list):
        yield from ((f"{place}/examples/{index}", value, example) for index, example in enumerate(value["examples"]))
    elif "schema" in value:
        for name, example in value.get("examples", {}).items():
            yield f"{place}/examples/{name}", value["schema"], follow_reference(DOCUMENT, example)["value"]
        if "example" in value:
            yield f"{place}/example", value["schema"], value["example"]
    for name, member in value.items():
        if name not in ("example", "examples"):
            yield from examples(member, f"{place}/{name}")


OF_NO_OPERATION: Final = {408, 414, 501, 505}
"""Statuses that are answered before it is known which operation a request is for."""
EXAMPLES = list(examples(DOCUMENT))


@pytest.mark.parametrize(("schema", "example"), [each[1:] for each in EXAMPLES], ids=[each[0] for each in EXAMPLES])
def test_the_example_is_valid(schema: dict[str, Any], example: Any) -> None:
    assert Checker(schema, DOCUMENT["components"]).check(example) is None


def test_every_schema_has_an_example_but_for_those_published_without_one_and_problems() -> None:
    without = {name for name, schema in DOCUMENT["components"]["schemas"].items() if "examples" not in schema}
    assert without == {"Timestamp", "ReconciliationStatus", "Problem"}


def test_every_body_has_an_example() -> None:
    for name, response in DOCUMENT["components"]["responses"].items():
        assert all(content["examples"] for content in response["content"].values()), name
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            assert all(content["examples"] for body in bodies for content in body.get("content", {}).values())


def test_problems_in_examples_have_the_title_and_status_of_the_catalogue(contract: Contract) -> None:
    seen = set()
    for _, schema, example in EXAMPLES:
        if schema == {"$ref": "#/components/schemas/Problem"}:
            known = contract.problems[example["code"]]
            assert (example["title"], example["status"]) == (known.title, known.status)
            assert example["type"] == f"/problems/{known.code}"
            seen.add(known.status)
    assert seen == {each.status for each in contract.problems.values()} - OF_NO_OPERATION


def test_an_example_of_a_problem_stands_under_its_own_status() -> None:
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                content = follow_reference(DOCUMENT, response)["content"].get("application/problem+json", {"examples": {}})
                assert all(each["value"]["status"] == int(status) for each in content["examples"].values())
