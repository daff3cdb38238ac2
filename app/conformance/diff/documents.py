"""Reads OpenAPI documents and follows their references."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

TIMEOUT_SECONDS: Final = 30
REFERENCES_MAX: Final = 50
"""References that may follow one another; more is a circle."""


class DocumentUnreadable(Exception):
    """There is no OpenAPI document at this place; the message says why."""


def read(location: str) -> dict[str, Any]:
    """The document in a file or at an http or https address, as YAML or JSON. Raises DocumentUnreadable."""
    try:
        if location.startswith(("http://", "https://")):
            text = httpx.get(location, timeout=TIMEOUT_SECONDS, follow_redirects=False).raise_for_status().text
        else:
            text = Path(location).read_text("utf-8")
        document = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, httpx.HTTPError, httpx.InvalidURL, yaml.YAMLError) as error:
        raise DocumentUnreadable(f"{location}: {error}") from error
    if not isinstance(document, dict) or "openapi" not in document:
        raise DocumentUnreadable(f"{location} is no OpenAPI 3 document")
    return document


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a document, and the JSON Pointer to it; never a bare reference."""

    document: Mapping[str, Any]
    value: Any
    pointer: str

    def member(self, name: str | int) -> "Node":
        """The member of this name, its reference followed. Raises KeyError, DocumentUnreadable."""
        return node(self.document, self.value[name], f"{self.pointer}/{escaped(str(name))}")

    def get(self, name: str, default: Any = None) -> Any:
        return self.value.get(name, default)


def node(document: Mapping[str, Any], value: Any, pointer: str) -> Node:
    """What stands at `pointer`; what stands beside a reference is added to what it refers to."""
    for _ in range(REFERENCES_MAX):
        if not (isinstance(value, Mapping) and isinstance(value.get("$ref"), str)):
            return Node(document, value, pointer)
        beside = {name: member for name, member in value.items() if name not in ("$ref", "description", "summary")}
        pointer = value["$ref"].removeprefix("#")
        value = {**_at(document, value["$ref"]), **beside} if beside else _at(document, value["$ref"])
    raise DocumentUnreadable(f"{pointer}: a circle of references")


def escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _at(document: Mapping[str, Any], reference: str) -> Any:
    if not reference.startswith("#/"):
        raise DocumentUnreadable(f"{reference}: references into other documents are not followed")
    value: Any = document
    for token in reference[2:].split("/"):
        name = token.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name) if isinstance(value, list) else name]
        except (LookupError, TypeError, ValueError):
            raise DocumentUnreadable(f"{reference}: there is nothing at this place") from None
    return value
