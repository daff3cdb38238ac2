"""Checks that a document contains the published fragment unchanged; only descriptions may differ, and additions are allowed."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

FRAGMENT: Final = Path(__file__).parents[2] / "openapi" / "published_fragment.openapi.yaml"
DESCRIPTIVE_FIELDS: Final = ("description", "summary")
OPERATION: Final = ("/reconciliation/status", "get")
_Document = Mapping[str, Any]


def load_fragment() -> dict[str, Any]:
    fragment: dict[str, Any] = yaml.safe_load(FRAGMENT.read_text("utf-8"))
    return fragment


def parts(fragment: _Document) -> dict[str, Callable[[_Document], Any]]:
    """The parts that are compared, by name: each function extracts its part from a document."""
    return {
        **{f"info {name}": _info(name) for name in fragment["info"] if name not in DESCRIPTIVE_FIELDS},
        **{name: _member(name) for name in ("openapi", "servers", "security")},
        "tags": lambda document: without_descriptions(document["tags"][: len(fragment["tags"])]),
        **{f"schema {name}": _schema(name) for name in fragment["components"]["schemas"]},
        "security schemes": lambda document: without_descriptions(document["components"]["securitySchemes"]),
        "operation getReconciliationStatus": _operation,
    }


def differences(document: _Document) -> list[str]:
    """Names of the parts that are missing in the document or differ from the published fragment."""
    fragment = load_fragment()
    return [name for name, part in parts(fragment).items() if not _is_equal(part, document, fragment)]


def without_descriptions(value: Any) -> Any:
    """The value without descriptions and summaries; a schema's field that is named `description` is no string, so it is kept."""
    if isinstance(value, dict):
        return {
            name: without_descriptions(member)
            for name, member in value.items()
            if not (name in DESCRIPTIVE_FIELDS and isinstance(member, str))
        }
    return [without_descriptions(member) for member in value] if isinstance(value, list) else value


def _is_equal(part: Callable[[_Document], Any], document: _Document, fragment: _Document) -> bool:
    try:
        return bool(part(document) == part(fragment))
    except (LookupError, TypeError):
        return False


def _info(name: str) -> Callable[[_Document], Any]:
    return lambda document: document["info"][name]


def _member(name: str) -> Callable[[_Document], Any]:
    return lambda document: document[name]


def _schema(name: str) -> Callable[[_Document], Any]:
    return lambda document: without_descriptions(document["components"]["schemas"][name])


def _operation(document: _Document) -> Any:
    """The operation with its response 200 alone and without examples, because problems and examples may be added."""
    path, method = OPERATION
    operation = without_descriptions(document["paths"][path][method])
    success = operation["responses"]["200"]
    content = {name: {each: body[each] for each in body if each != "examples"} for name, body in success["content"].items()}
    return {**operation, "responses": {"200": {**success, "content": content}}}
