"""Reads OpenAPI documents, follows their references and refuses what has no place in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import httpx
import yaml

TIMEOUT_SECONDS: Final = 30
REFERENCES_MAX: Final = 50
"""References that may follow one another; more is a circle."""
NESTING_MAX: Final = 100
"""Values that may stand in one another; more is a YAML anchor that holds itself."""


class DocumentUnreadable(Exception):
    """There is no OpenAPI document at this place, or something in it has no meaning; the message says what and where."""


def read(location: str) -> dict[str, Any]:
    """The document in a file or at an http or https address, as YAML or JSON. Raises DocumentUnreadable."""
    try:
        if location.startswith(("http://", "https://")):
            text = httpx.get(location, timeout=TIMEOUT_SECONDS, follow_redirects=False).raise_for_status().text
        else:
            text = Path(location).read_text("utf-8")
        document = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, ValueError, RecursionError, httpx.HTTPError, httpx.InvalidURL, yaml.YAMLError) as error:
        raise DocumentUnreadable(f"{location}: {error}") from error
    if not isinstance(document, dict) or "openapi" not in document:
        raise DocumentUnreadable(f"{location} is no OpenAPI 3 document")
    return document


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document, and what messages call it."""

    root: Any
    name: str

    @property
    def whole(self) -> "Node":
        return Node(self, self.root, "")

    def at(self, reference: str) -> "Node":
        """What a reference such as `#/components/schemas/Loan` leads to. Raises DocumentUnreadable."""
        pointer = unquote(reference.removeprefix("#"))
        if not reference.startswith("#/"):
            raise DocumentUnreadable(f"{self.name}: {reference}: references into other documents are not followed")
        value = self.root
        for token in pointer[1:].split("/"):
            name = token.replace("~1", "/").replace("~0", "~")
            try:
                value = value[int(name) if isinstance(value, list) else name]
            except (LookupError, TypeError, ValueError):
                raise DocumentUnreadable(f"{self.name}: {reference}: there is nothing at this place") from None
        return Node(self, value, pointer)


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a document, and the JSON Pointer to it. What is asked of it raises DocumentUnreadable where it is malformed."""

    document: Document
    value: Any
    pointer: str

    @property
    def fields(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.unreadable("an object is expected")
        return self.value

    def get(self, name: str) -> Any:
        return self.fields.get(name)

    def text(self, name: str) -> str:
        if not isinstance(value := self.get(name), str):
            raise self.unreadable(f"`{name}` is to be a string")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of strings, empty where there is none."""
        values = self._list(name)
        if not all(isinstance(each, str) for each in values):
            raise self.unreadable(f"`{name}` is to hold strings only")
        return values

    def child(self, name: str) -> "Node":
        """The member of this name, as it is written."""
        return Node(self.document, self.fields[name], self.place(name))

    def children(self, name: str) -> list["Node"]:
        """The values in a list, as they are written; none where there is no list."""
        return [Node(self.document, each, self.place(name, index)) for index, each in enumerate(self._list(name))]

    def named(self, name: str) -> dict[str, "Node"]:
        """The members of a member, as they are written; none where there is no member."""
        owner = self.child(name) if self.get(name) is not None else Node(self.document, {}, self.place(name))
        return {each: owner.child(each) for each in owner.fields}

    def member(self, name: str) -> "Node":
        """The member of this name, its reference followed; an empty object where there is none."""
        return self.child(name).followed() if self.get(name) is not None else Node(self.document, {}, self.place(name))

    def members(self, name: str) -> dict[str, "Node"]:
        """The members of a member, their references followed."""
        return {each: node.followed() for each, node in self.named(name).items()}

    def followed(self) -> "Node":
        """What a reference leads to; what stands beside the reference is added."""
        found = self
        for _ in range(REFERENCES_MAX):
            if (reference := found.reference) is None:
                return found
            hidden = ("$ref", "description", "summary")
            beside = {name: member for name, member in found.value.items() if name not in hidden}
            target = self.document.at(reference)
            found = Node(self.document, {**target.fields, **beside}, target.pointer) if beside else target
        raise self.unreadable("a circle of references")

    @property
    def reference(self) -> str | None:
        reference = self.value.get("$ref") if isinstance(self.value, dict) else None
        return reference if isinstance(reference, str) else None

    def place(self, *names: str | int) -> str:
        """The pointer to something in this value."""
        return "/".join((self.pointer, *(str(name).replace("~", "~0").replace("/", "~1") for name in names)))

    def unreadable(self, reason: str) -> DocumentUnreadable:
        return DocumentUnreadable(f"{self.document.name}: {self.pointer or '/'}: {reason}")

    def _list(self, name: str) -> list[Any]:
        value = self.get(name)
        if value is not None and not isinstance(value, list):
            raise self.unreadable(f"`{name}` is to be a list")
        return value or []


def root_of(document: Mapping[str, Any], name: str) -> Node:
    """The document in the types of JSON; `name` is what messages call it. Raises DocumentUnreadable."""
    return Document(_plain(document, name, 0), name).whole


def _plain(value: Any, name: str, depth: int) -> Any:
    """YAML has names that are numbers, such as an unquoted status, and dates; JSON has one kind of number."""
    if depth > NESTING_MAX:
        raise DocumentUnreadable(f"{name}: more than {NESTING_MAX} values stand in one another")
    match value:
        case Mapping():
            return {str(key): _plain(each, name, depth + 1) for key, each in value.items()}
        case list():
            return [_plain(each, name, depth + 1) for each in value]
        case float():
            return int(value) if value.is_integer() else value
        case date():
            return value.isoformat()
        case None | bool() | int() | str():
            return value
    return str(value)
