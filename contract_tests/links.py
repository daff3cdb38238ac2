"""The links of an answer, as requests that follow them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.conformance.example_requests import JSON_MEDIA_TYPE, ContractRequest
from app.conformance.example_scenario import Exchange
from app.contract.operations import each_operation, follow_reference
from tests.support.document_walk import at

EMBEDDED: Final = re.compile(r"\{(\$[^}]+)\}")


def link_requests(document: Mapping[str, Any], exchange: Exchange) -> Iterator[tuple[str, ContractRequest]]:
    """Name and request of each link that the document declares for this answer. Raises ValueError for an unknown expression."""
    declared = at(document, f"/paths/{exchange.request.template.replace('/', '~1')}/{exchange.request.method.lower()}")
    for name, link in follow_reference(document, declared["responses"][str(exchange.answer.status_code)])["links"].items():
        yield name, _request(document, follow_reference(document, link), exchange)


def _request(document: Mapping[str, Any], link: Mapping[str, Any], exchange: Exchange) -> ContractRequest:
    path, method, operation = next(each for each in each_operation(document) if each[2]["operationId"] == link["operationId"])
    parameters = [follow_reference(document, each) for each in operation.get("parameters", ())]
    places: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
    for name, expression in link["parameters"].items():
        place, _, plain = name.rpartition(".")
        places[place or next(each["in"] for each in parameters if each["name"] == plain)][plain] = _value(expression, exchange)
    body = _value(link["requestBody"], exchange) if "requestBody" in link else None
    content_type = JSON_MEDIA_TYPE if body is not None else None
    return ContractRequest(
        link["operationId"], method.upper(), path, "link", places["path"], places["query"], places["header"], body, content_type
    )


def _value(expression: Any, exchange: Exchange) -> Any:
    """The value of a runtime expression, or of a string or an object that contains runtime expressions."""
    if isinstance(expression, dict):
        return {name: _value(member, exchange) for name, member in expression.items()}
    if expression.startswith("$"):
        return _read(expression, exchange)
    return EMBEDDED.sub(lambda found: str(_read(found[1], exchange)), expression)


def _read(expression: str, exchange: Exchange) -> Any:
    source, _, pointer = expression.partition("#")
    match source.split("."):
        case ["$response", "body"]:
            return at(exchange.answer.json(), pointer)
        case ["$request", "body"]:
            return at(exchange.request.body, pointer)
        case ["$request", "path", name]:
            return exchange.request.path_parameters[name]
    raise ValueError(f"the runtime expression {expression} is not supported here")
