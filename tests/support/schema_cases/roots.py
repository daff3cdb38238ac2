"""The schemas of bodies, parameters and headers in the document, and the operations that use each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any, Final, Literal

from app.contract.document import load
from app.contract.operations import each_operation
from tests.support.document_walk import at
from tests.support.schema_cases.cases import cases, random_value
from tests.support.schema_cases.nodes import Case, Node, json_pointer, node_of

CONTRACT: Final = load()
DOCUMENT: Final = CONTRACT.document
DRAWN: Final = 80
"""Valid values of each body in which everything varies at once."""

Kind = Literal["response", "request", "webhook", "parameter", "header"]


@dataclass(frozen=True, slots=True)
class Use:
    """One declaration of an operation; of a response also its status and media type, of a webhook the name as `path`."""

    method: str
    path: str
    operation_id: str
    status: int = 0
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Root:
    """`pointer` leads to the object that has the `schema`: a media type, a parameter or a header; `name` is its name there."""

    kind: Kind
    pointer: str
    name: str
    uses: tuple[Use, ...]

    @property
    def node(self) -> Node:
        place = f"{self.pointer}/schema"
        return node_of(DOCUMENT, at_exactly(DOCUMENT, place), place, (place,))


@cache
def roots() -> tuple[Root, ...]:
    """Every root once, in the order of the document, with all that use it."""
    found: dict[str, Root] = {}
    for kind, pointer, name, use in _each():
        uses = found[pointer].uses if pointer in found else ()
        found[pointer] = Root(kind, pointer, name, (*uses, use))
    return tuple(found.values())


@cache
def corpus(root: Root) -> tuple[Case, ...]:
    """The cases of a body's schema, and valid bodies drawn at random, the same ones each time."""
    random = Random(root.pointer)
    return (*cases(root.node), *(root.node.accepted(random_value(root.node, random), "type") for _ in range(DRAWN)))


def at_exactly(document: Mapping[str, Any], pointer: str) -> Any:
    """The value at `pointer`, without following references. Raises KeyError or IndexError if there is none."""
    value: Any = document
    for token in pointer.split("/")[1:]:
        value = value[int(token) if isinstance(value, list) else token.replace("~1", "/").replace("~0", "~")]
    return value


def _each() -> Iterator[tuple[Kind, str, str, Use]]:
    for path, method, operation in each_operation(DOCUMENT):
        use, pointer = Use(method, path, operation["operationId"]), json_pointer("paths", path, method)
        yield from _of_request("request", pointer, operation, use)
        for index in range(len(operation.get("parameters", ()))):
            place = _home(f"{pointer}/parameters/{index}")
            yield "parameter", place, at(DOCUMENT, place)["name"], use
        for status in operation["responses"]:
            yield from _of_response(_home(f"{pointer}/responses/{status}"), int(status), use)
    for name, item in DOCUMENT["webhooks"].items():
        for method, operation in item.items():
            use, pointer = Use(method, name, operation["operationId"]), json_pointer("webhooks", name, method)
            yield from _of_request("webhook", pointer, operation, use)


def _of_request(kind: Kind, pointer: str, operation: Mapping[str, Any], use: Use) -> Iterator[tuple[Kind, str, str, Use]]:
    for media_type in operation.get("requestBody", {}).get("content", {}):
        yield kind, f"{pointer}/requestBody{json_pointer('content', media_type)}", media_type, use


def _of_response(pointer: str, status: int, use: Use) -> Iterator[tuple[Kind, str, str, Use]]:
    response = at(DOCUMENT, pointer)
    for media_type in response["content"]:
        described = replace(use, status=status, media_type=media_type)
        yield "response", f"{pointer}{json_pointer('content', media_type)}", media_type, described
        for name in response.get("headers", {}):
            yield "header", _home(f"{pointer}{json_pointer('headers', name)}"), name, described


def _home(pointer: str) -> str:
    """`pointer` itself, or the pointer to the component if there is a reference at `pointer`."""
    reference = at_exactly(DOCUMENT, pointer).get("$ref")
    return reference.removeprefix("#") if reference else pointer
