"""Look-ups in the document that several tests need."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.contract.operations import each_operation, follow_reference


def at(document: Mapping[str, Any], pointer: str) -> Any:
    """The value at `pointer`, with references followed on the way and at the end; `(name)` finds the parameter of this name."""
    value: Any = document
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and token.startswith("("):
            value = next(each for each in (follow_reference(document, item) for item in value) if each["name"] == token[1:-1])
        elif isinstance(value, list):
            value = value[int(token)]
        else:
            value = value[int(token) if token not in value and token.isdigit() else token]
        if isinstance(value, Mapping):
            value = follow_reference(document, value)
    return value


def posts(document: Mapping[str, Any]) -> list[str]:
    """A pointer to every POST operation."""
    return [
        f"/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}"
        for path, method, _ in each_operation(document)
        if method == "post"
    ]


def each_schema(value: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object with a `type` or a `$ref`, with the pointer to it."""
    if isinstance(value, dict):
        if "type" in value or "$ref" in value:
            yield pointer, value
        for name, member in value.items():
            if name not in ("example", "examples", "links"):
                yield from each_schema(member, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from each_schema(member, f"{pointer}/{index}")
