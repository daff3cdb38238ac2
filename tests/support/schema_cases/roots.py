"""Where the document says what a body, a parameter or a header may be: the schemas that are judged, and who uses each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any, Final, Literal

from app.contract.document import load
from app.contract.operations import each_operation
from tests.support.document_walk import at
from tests.support.schema_cases.cases import cases, drawn
from tests.support.schema_cases.nodes import Case, Node, escaped, node_of

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
    return (*cases(root.node), *(root.node.accepted(drawn(root.node, random), "type") for _ in range(DRAWN)))


def at_exactly(document: Mapping[str, Any], pointer: str) -> Any:
    """What `pointer` leads to, no reference followed. Raises KeyError, IndexError when there is nothing."""
    value: Any = document
    for token in pointer.split("/")[1:]:
        value = value[int(token) if isinstance(value, list) else token.replace("~1", "/").replace("~0", "~")]
    return value


def _each() -> Iterator[tuple[Kind, str, str, Use]]:
    for path, method, operation in each_operation(DOCUMENT):
        use, pointer = Use(method, path, operation["operationId"]), escaped("paths", path, method)
        yield from _of_request("request", pointer, operation, use)
        for index in range(len(operation.get("parameters", ()))):
            place = _home(f"{pointer}/parameters/{index}")
            yield "parameter", place, at(DOCUMENT, place)["name"], use
        for status in operation["responses"]:
            yield from _of_response(_home(f"{pointer}/responses/{status}"), int(status), use)
    for name, item in DOCUMENT["webhooks"].items():
        for method, operation in item.items():
            use, pointer = Use(method, name, operation["operationId"]), escaped("webhooks", name, method)
            yield from _of_request("webhook", pointer, operation, use)


def _of_request(kind: Kind, pointer: str, operation: Mapping[str, Any], use: Use) -> Iterator[tuple[Kind, str, str, Use]]:
    for media_type in operation.get("requestBody", {}).get("content", {}):
        yield kind, f"{pointer}/requestBody{escaped('content', media_type)}", media_type, use


def _of_response(pointer: str, status: int, use: Use) -> Iterator[tuple[Kind, str, str, Use]]:
    response = at(DOCUMENT, pointer)
    for media_type in response["content"]:
        told = replace(use, status=status, media_type=media_type)
        yield "response", f"{pointer}{escaped('content', media_type)}", media_type, told
        for name in response.get("headers", {}):
            yield "header", _home(f"{pointer}{escaped('headers', name)}"), name, told


def _home(pointer: str) -> str:
    """Where it is written what stands at `pointer`: there, or at the component that is referred to."""
    reference = at_exactly(DOCUMENT, pointer).get("$ref")
    return reference.removeprefix("#") if reference else pointer
