"""The links of an answer, as the requests that they stand for."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.conformance.example_requests import JSON, ContractRequest
from app.conformance.example_scenario import Told
from app.contract.operations import each_operation, resolved
from contract_tests.walking import at

EMBEDDED: Final = re.compile(r"\{(\$[^}]+)\}")


def followed(document: Mapping[str, Any], told: Told) -> Iterator[tuple[str, ContractRequest]]:
    """Name and request of each link that the document declares for this answer. Raises ValueError for an unknown expression."""
    declared = at(document, f"/paths/{told.request.template.replace('/', '~1')}/{told.request.method.lower()}")
    for name, link in resolved(document, declared["responses"][str(told.answer.status_code)])["links"].items():
        yield name, _request(document, resolved(document, link), told)


def _request(document: Mapping[str, Any], link: Mapping[str, Any], told: Told) -> ContractRequest:
    path, method, operation = next(each for each in each_operation(document) if each[2]["operationId"] == link["operationId"])
    parameters = [resolved(document, each) for each in operation.get("parameters", ())]
    places: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
    for name, expression in link["parameters"].items():
        place, _, plain = name.rpartition(".")
        places[place or next(each["in"] for each in parameters if each["name"] == plain)][plain] = _value(expression, told)
    body = _value(link["requestBody"], told) if "requestBody" in link else None
    content_type = JSON if body is not None else None
    return ContractRequest(
        link["operationId"], method.upper(), path, "link", places["path"], places["query"], places["header"], body, content_type
    )


def _value(expression: Any, told: Told) -> Any:
    """What a runtime expression, or a text or an object with some in it, stands for."""
    if isinstance(expression, dict):
        return {name: _value(member, told) for name, member in expression.items()}
    if expression.startswith("$"):
        return _read(expression, told)
    return EMBEDDED.sub(lambda found: str(_read(found[1], told)), expression)


def _read(expression: str, told: Told) -> Any:
    source, _, pointer = expression.partition("#")
    match source.split("."):
        case ["$response", "body"]:
            return at(told.answer.json(), pointer)
        case ["$request", "body"]:
            return at(told.request.body, pointer)
        case ["$request", "path", name]:
            return told.request.path_parameters[name]
    raise ValueError(f"{expression} is not read here")
