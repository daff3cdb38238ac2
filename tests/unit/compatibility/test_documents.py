"""Documents are read from YAML and JSON, references in them are followed, and a malformed one is reported with its place."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from app.compatibility.compare import diff
from app.compatibility.documents import DocumentUnreadable, document_root, read_document
from app.contract.document import DOCUMENT as PUBLISHED_FILE
from tests.unit.compatibility.documents import DELETED, DOCUMENT, ITEM, OPERATION, with_change

PUBLISHED: Final = read_document(str(PUBLISHED_FILE))


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/paths", [1]),
        ("/servers", [1]),
        ("/servers/0/url", 1),
        (f"{OPERATION}/parameters/0/name", DELETED),
        (f"{OPERATION}/responses", ["201"]),
        (f"{ITEM}/required", True),
        (f"{ITEM}/properties/name/minLength", "2"),
        (f"{ITEM}/properties/name", "string"),
        ("/paths/~1health/get/security", [[]]),
    ],
)
def test_a_malformed_document_is_unreadable_and_the_message_names_the_document_and_the_place(pointer: str, value: Any) -> None:
    with pytest.raises(DocumentUnreadable, match="the newer document: /"):
        diff(DOCUMENT, with_change(pointer, value))
    with pytest.raises(DocumentUnreadable, match="the older document: /"):
        diff(with_change(pointer, value), DOCUMENT)


def test_a_document_that_contains_itself_is_unreadable() -> None:
    circle: dict[str, Any] = {"openapi": "3.1.0"}
    circle["paths"] = circle
    with pytest.raises(DocumentUnreadable, match="nested more than"):
        diff(circle, circle)


def test_a_reference_without_a_target_is_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="there is nothing"):
        diff(DOCUMENT, with_change(ITEM, DELETED))


def test_references_in_a_circle_are_unreadable() -> None:
    with pytest.raises(DocumentUnreadable, match="circle"):
        diff(DOCUMENT, with_change(ITEM, {"$ref": ITEM.replace("/", "#/", 1)}))


@pytest.mark.parametrize("text", ["[]", "{", "swagger: '2.0'", "\t: :", "openapi: 3.1.0\nx: 2020-13-45"])
def test_a_file_that_is_no_openapi_document_is_unreadable(text: str, tmp_path: Path) -> None:
    (tmp_path / "document.yaml").write_text(text)
    with pytest.raises(DocumentUnreadable):
        read_document(str(tmp_path / "document.yaml"))


def test_a_document_in_yaml_equals_the_same_document_in_json(tmp_path: Path) -> None:
    (tmp_path / "document.json").write_text(json.dumps(PUBLISHED))
    assert diff(PUBLISHED, read_document(str(tmp_path / "document.json"))) == []


def test_members_are_given_with_their_references_followed_and_the_keywords_beside_them_added() -> None:
    root = document_root({"a": {"$ref": "#/b~1c", "description": "x", "deprecated": True}, "b/c": {"type": "string"}}, "it")
    assert root.child("a").reference == "#/b~1c"
    assert (root.member("a").pointer, root.member("a").value) == ("/b~1c", {"type": "string", "deprecated": True})
    assert (root.member("none").pointer, root.member("none").value) == ("/none", {})


def test_values_get_the_types_of_json() -> None:
    written: Any = {200: [2.0, 2.5, date(2026, 1, 31), None, True]}
    root = document_root(written, "it")
    assert root.value == {"200": [2, 2.5, "2026-01-31", None, True]}


def test_a_reference_into_another_document_is_not_followed() -> None:
    with pytest.raises(DocumentUnreadable, match=r"it: other.yaml#/x: references into other documents"):
        document_root({"a": {"$ref": "other.yaml#/x"}}, "it").member("a")
