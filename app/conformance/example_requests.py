"""Requests made from the document alone: the examples of each operation, and invalid variants of them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.contract.operations import each_operation, follow_reference

JSON_MEDIA_TYPE: Final = "application/json"
WRONG_TYPE_VALUES: Final[dict[str, Any]] = {
    "string": 1,
    "integer": "x",
    "number": "x",
    "boolean": "x",
    "array": {},
    "object": [],
}
"""For each type of a schema, a value that does not have this type."""

MALFORMED: Final = "malformed!"


@dataclass(frozen=True, slots=True)
class ContractRequest:
    """`name` describes this variant of the request; `headers` exclude Authorization and Content-Type."""

    operation_id: str
    method: str
    template: str
    name: str
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content_type: str | None = None
    needs_token: bool = True

    @property
    def path(self) -> str:
        return self.template.format_map(self.path_parameters)

    @property
    def content(self) -> bytes | None:
        """The bytes to send: `body` itself if it is bytes, else `body` as JSON."""
        if self.content_type is None:
            return None
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    def __str__(self) -> str:
        return f"{self.method} {self.template}: {self.name}"


def example_requests(document: Mapping[str, Any]) -> list[ContractRequest]:
    """One request for each example of an operation's body, with the examples of its parameters; no deprecated parameters."""
    return [
        request
        for path, method, declared in each_operation(document)
        for request in _requests_of(document, path, method, declared)
    ]


def _requests_of(document: Mapping[str, Any], path: str, method: str, declared: Mapping[str, Any]) -> Iterator[ContractRequest]:
    places: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
    for parameter in (follow_reference(document, each) for each in declared.get("parameters", ())):
        if "example" in parameter and not parameter.get("deprecated"):
            places[parameter["in"]][parameter["name"]] = parameter["example"]
    plain = ContractRequest(
        declared["operationId"],
        method.upper(),
        path,
        "example",
        places["path"],
        places["query"],
        places["header"],
        needs_token=bool(declared.get("security", document["security"])),
    )
    if "requestBody" not in declared:
        yield plain
        return
    for name, example in declared["requestBody"]["content"][JSON_MEDIA_TYPE]["examples"].items():
        value = follow_reference(document, example)["value"]
        yield replace(plain, name=f"example {name}", body=value, content_type=JSON_MEDIA_TYPE)


def broken_requests(document: Mapping[str, Any], request: ContractRequest) -> Iterator[ContractRequest]:
    """Copies of the valid `request`, each of which is invalid in one place."""
    declared = document["paths"][request.template][request.method.lower()]
    for parameter in (follow_reference(document, each) for each in declared.get("parameters", ())):
        yield from _break_parameter(document, request, parameter)
    if request.content_type is not None:
        yield replace(request, name="a body of another type", body=b"x", content_type="text/plain")
        schema = declared["requestBody"]["content"][JSON_MEDIA_TYPE]["schema"]
        for name, body in _break_value(document, schema, request.body, ""):
            yield replace(request, name=name, body=body)


def _break_parameter(
    document: Mapping[str, Any], request: ContractRequest, parameter: Mapping[str, Any]
) -> Iterator[ContractRequest]:
    name, schema = parameter["name"], {**follow_reference(document, parameter["schema"]), **parameter["schema"]}
    can_be_malformed = bool({"pattern", "format", "enum"} & schema.keys()) or schema.get("type") != "string"
    match parameter["in"]:
        case "path":
            yield replace(request, name=f"{name} malformed", path_parameters={**request.path_parameters, name: "malformed"})
        case "query" if can_be_malformed:
            yield replace(request, name=f"{name} malformed", query={**request.query, name: MALFORMED})
        case "header" if can_be_malformed and not parameter.get("deprecated"):
            yield replace(request, name=f"{name} malformed", headers={**request.headers, name: "?"})
    if parameter.get("required") and parameter["in"] == "header":
        yield replace(request, name=f"{name} missing", headers=_without(request.headers, name))
    if parameter.get("required") and parameter["in"] == "query":
        yield replace(request, name=f"{name} missing", query=_without(request.query, name))


def _break_value(document: Mapping[str, Any], reference: Mapping[str, Any], value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Copies of a valid value that are invalid in one place, each with a description of what is wrong."""
    schema = follow_reference(document, reference)
    yield f"{place or '/'} of another type", WRONG_TYPE_VALUES[schema["type"]]
    if isinstance(value, dict):
        yield from _break_object(document, schema, value, place)
    elif isinstance(value, list):
        yield from ((name, [item]) for name, item in _break_value(document, schema["items"], value[0], f"{place}/0"))
    elif {"format", "enum"} & schema.keys() or not re.search(schema.get("pattern", ""), MALFORMED):
        yield f"{place} malformed", MALFORMED


def _break_object(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: dict[str, Any], place: str
) -> Iterator[tuple[str, Any]]:
    if schema.get("additionalProperties") is False:
        yield f"{place}/unexpected", {**value, "unexpected": "x"}
    for name in schema.get("required", ()):
        yield f"{place}/{name} missing", _without(value, name)
    for name, member in schema.get("properties", {}).items():
        if name in value:
            yield from (
                (what, {**value, name: broken}) for what, broken in _break_value(document, member, value[name], f"{place}/{name}")
            )


def _without(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {each: member for each, member in value.items() if each != name}
