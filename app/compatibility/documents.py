"""Reads OpenAPI documents, follows references inside them and reports where they are malformed."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import httpx
import yaml

DOWNLOAD_TIMEOUT_SECONDS: Final = 30
REFERENCES_MAX: Final = 50
"""A chain of more references than this is taken for a circle."""
NESTING_MAX: Final = 100
"""Values nested deeper than this are taken for a YAML anchor that contains itself."""


class DocumentUnreadable(Exception):
    """The document cannot be read or is no valid OpenAPI document; the message says where and why."""


def read_document(location: str, verify: ssl.SSLContext | bool = True) -> dict[str, Any]:
    """The document in a file or at an http or https address, as YAML or JSON; `verify` as httpx takes it.

    Raises DocumentUnreadable.
    """
    try:
        if location.startswith(("http://", "https://")):
            answer = httpx.get(location, timeout=DOWNLOAD_TIMEOUT_SECONDS, follow_redirects=False, verify=verify)
            text = answer.raise_for_status().text
        else:
            text = Path(location).read_text("utf-8")
        document = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, ValueError, RecursionError, httpx.HTTPError, httpx.InvalidURL, yaml.YAMLError) as error:
        raise DocumentUnreadable(f"{location}: {error}") from error
    if not isinstance(document, dict) or "openapi" not in document:
        raise DocumentUnreadable(f"{location} is not an OpenAPI 3 document")
    return document


@dataclass(frozen=True, slots=True)
class OpenApiDocument:
    """A complete document, and the name that messages use for it."""

    value: Any
    name: str

    @property
    def root(self) -> "DocumentNode":
        return DocumentNode(self, self.value, "")

    def resolve(self, reference: str) -> "DocumentNode":
        """The target of a reference such as `#/components/schemas/Loan`. Raises DocumentUnreadable."""
        pointer = unquote(reference.removeprefix("#"))
        if not reference.startswith("#/"):
            raise DocumentUnreadable(f"{self.name}: {reference}: references into other documents are not followed")
        value = self.value
        for token in pointer[1:].split("/"):
            name = token.replace("~1", "/").replace("~0", "~")
            try:
                value = value[int(name) if isinstance(value, list) else name]
            except (LookupError, TypeError, ValueError):
                raise DocumentUnreadable(f"{self.name}: {reference}: there is nothing at this place") from None
        return DocumentNode(self, value, pointer)


@dataclass(frozen=True, slots=True)
class DocumentNode:
    """A value in a document, and the JSON Pointer to it.

    `child` and `children…` give values as they are written, `member` and `members` with their references followed. All of them
    raise DocumentUnreadable where the value has the wrong type.
    """

    document: OpenApiDocument
    value: Any
    pointer: str

    @property
    def fields(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.unreadable("an object is expected")
        return self.value

    def get(self, name: str) -> Any:
        return self.fields.get(name)

    def string(self, name: str) -> str:
        if not isinstance(value := self.get(name), str):
            raise self.unreadable(f"`{name}` must be a string")
        return value

    def strings(self, name: str) -> list[str]:
        """The list of strings in this member; empty if there is no such member."""
        values = self._list(name)
        if not all(isinstance(each, str) for each in values):
            raise self.unreadable(f"`{name}` must contain only strings")
        return values

    def child(self, name: str) -> "DocumentNode":
        return DocumentNode(self.document, self.fields[name], self.pointer_to(name))

    def children(self, name: str) -> list["DocumentNode"]:
        """The items of the list in this member; empty if there is no such member."""
        return [DocumentNode(self.document, each, self.pointer_to(name, index)) for index, each in enumerate(self._list(name))]

    def children_by_name(self, name: str) -> dict[str, "DocumentNode"]:
        """The members of the object in this member; empty if there is no such member."""
        owner = self.child(name) if self.get(name) is not None else self._empty(name)
        return {each: owner.child(each) for each in owner.fields}

    def member(self, name: str) -> "DocumentNode":
        """An empty object if there is no such member."""
        return self.child(name).follow_references() if self.get(name) is not None else self._empty(name)

    def members(self, name: str) -> dict[str, "DocumentNode"]:
        """The members of the object in this member; empty if there is no such member."""
        return {each: node.follow_references() for each, node in self.children_by_name(name).items()}

    def follow_references(self) -> "DocumentNode":
        """The target of a reference, with the keywords written beside `$ref` added to it; this node if it is no reference."""
        found = self
        for _ in range(REFERENCES_MAX):
            if (reference := found.reference) is None:
                return found
            hidden = ("$ref", "description", "summary")
            siblings = {name: member for name, member in found.value.items() if name not in hidden}
            target = self.document.resolve(reference)
            found = DocumentNode(self.document, {**target.fields, **siblings}, target.pointer) if siblings else target
        raise self.unreadable("a circle of references")

    @property
    def reference(self) -> str | None:
        reference = self.value.get("$ref") if isinstance(self.value, dict) else None
        return reference if isinstance(reference, str) else None

    def pointer_to(self, *names: str | int) -> str:
        """The JSON Pointer to a value inside this one."""
        return "/".join((self.pointer, *(str(name).replace("~", "~0").replace("/", "~1") for name in names)))

    def unreadable(self, reason: str) -> DocumentUnreadable:
        return DocumentUnreadable(f"{self.document.name}: {self.pointer or '/'}: {reason}")

    def _empty(self, name: str) -> "DocumentNode":
        return DocumentNode(self.document, {}, self.pointer_to(name))

    def _list(self, name: str) -> list[Any]:
        value = self.get(name)
        if value is not None and not isinstance(value, list):
            raise self.unreadable(f"`{name}` must be a list")
        return value or []


def document_root(document: Mapping[str, Any], name: str) -> DocumentNode:
    """The root of the document, converted to the types of JSON. Messages call the document `name`. Raises DocumentUnreadable."""
    return OpenApiDocument(_to_json_types(document, name, 0), name).root


def _to_json_types(value: Any, name: str, depth: int) -> Any:
    """YAML also has names that are numbers (an unquoted status), dates, and integers apart from floats such as 2.0."""
    if depth > NESTING_MAX:
        raise DocumentUnreadable(f"{name}: values are nested more than {NESTING_MAX} deep")
    match value:
        case Mapping():
            return {str(key): _to_json_types(each, name, depth + 1) for key, each in value.items()}
        case list():
            return [_to_json_types(each, name, depth + 1) for each in value]
        case float():
            return int(value) if value.is_integer() else value
        case date():
            return value.isoformat()
        case None | bool() | int() | str():
            return value
    return str(value)
