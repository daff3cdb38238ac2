"""The published fragment is in a document, structurally equal: words may differ, and the document may have more."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

FRAGMENT: Final = Path(__file__).parents[2] / "openapi" / "published_fragment.openapi.yaml"
WORDS: Final = ("description", "summary")
OPERATION: Final = ("/reconciliation/status", "get")
Document = Mapping[str, Any]


def load_fragment() -> dict[str, Any]:
    fragment: dict[str, Any] = yaml.safe_load(FRAGMENT.read_text("utf-8"))
    return fragment


def parts(fragment: Document) -> dict[str, Callable[[Document], Any]]:
    """What is compared, by name: each takes the same part out of a document."""
    return {
        **{f"info {name}": _info(name) for name in fragment["info"] if name not in WORDS},
        **{name: _member(name) for name in ("openapi", "servers", "security")},
        "tags": lambda document: structure(document["tags"][: len(fragment["tags"])]),
        **{f"schema {name}": _schema(name) for name in fragment["components"]["schemas"]},
        "security schemes": lambda document: structure(document["components"]["securitySchemes"]),
        "operation getReconciliationStatus": _operation,
    }


def differences(document: Document) -> list[str]:
    """Names of the parts that a document has otherwise than published, or not at all."""
    fragment = load_fragment()
    return [name for name, part in parts(fragment).items() if not _is_equal(part, document, fragment)]


def structure(value: Any) -> Any:
    """The value without its words; a scope's text is a value, and so is the field named `description` of a schema."""
    if isinstance(value, dict):
        return {name: structure(member) for name, member in value.items() if not (name in WORDS and isinstance(member, str))}
    return [structure(member) for member in value] if isinstance(value, list) else value


def _is_equal(part: Callable[[Document], Any], document: Document, fragment: Document) -> bool:
    try:
        return bool(part(document) == part(fragment))
    except (LookupError, TypeError):
        return False


def _info(name: str) -> Callable[[Document], Any]:
    return lambda document: document["info"][name]


def _member(name: str) -> Callable[[Document], Any]:
    return lambda document: document[name]


def _schema(name: str) -> Callable[[Document], Any]:
    return lambda document: structure(document["components"]["schemas"][name])


def _operation(document: Document) -> Any:
    """The operation with its success only, without examples: problems and examples may be added."""
    path, method = OPERATION
    operation = structure(document["paths"][path][method])
    success = operation["responses"]["200"]
    content = {name: {each: body[each] for each in body if each != "examples"} for name, body in success["content"].items()}
    return {**operation, "responses": {"200": {**success, "content": content}}}
