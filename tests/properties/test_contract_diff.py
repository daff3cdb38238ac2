"""Properties of `diff`: it reports every removal, and for any document it returns changes or raises DocumentUnreadable."""

from contextlib import suppress
from copy import deepcopy
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from app.compatibility.change import ChangeKind
from app.compatibility.compare import OPERATION_METHODS, diff
from app.compatibility.documents import DocumentUnreadable, read_document
from app.contract.document import DOCUMENT as PUBLISHED_FILE
from tests.unit.compatibility.documents import DOCUMENT, with_schema

PUBLISHED: Final = read_document(str(PUBLISHED_FILE))
ValuePath = tuple[str | int, ...]
"""Names and indexes that lead from the root of a document to a value."""


def paths_in(value: Any, path: ValuePath = ()) -> list[ValuePath]:
    """The path to every value in `value`, itself included."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, member in members for found in paths_in(member, (*path, key)))]


def copy_with(document: dict[str, Any], path: ValuePath, change: Any) -> dict[str, Any]:
    """A copy after `change(owner, name)`, where `name` ends the path and `owner` is the object or list that contains it."""
    copy = deepcopy(document)
    owner: Any = copy
    for name in path[:-1]:
        owner = owner[name]
    change(owner, path[-1])
    return copy


def delete(owner: Any, name: Any) -> None:
    del owner[name]


def is_field(path: ValuePath) -> bool:
    """Whether the path leads to a field, an enum value or an entry of `required` in a schema."""
    return (
        len(path) > 3 and path[-2] in ("properties", "enum", "required") and path[-3] != "properties" and "examples" not in path
    )


SCHEMA_FIELDS: Final = [
    path for path in paths_in(PUBLISHED["components"]["schemas"], ("components", "schemas")) if is_field(path)
]
PATH_ITEMS: Final = PUBLISHED["paths"]
OPERATIONS: Final[list[ValuePath]] = [("paths", path) for path in PATH_ITEMS] + [
    ("paths", path, method) for path, item in PATH_ITEMS.items() for method in OPERATION_METHODS if method in item
]
JUNK: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [None, True, 0, -1.5, "", "x", [], [None], [[]], [1], {}, {"x": None}, {"$ref": "#/x"}, {"$ref": 1}]
)
RICH: Final = {
    **DOCUMENT,
    "paths": {
        **DOCUMENT["paths"],
        **with_schema(
            {
                "allOf": [{"properties": {"a": {"readOnly": True}}}, {"required": ["a"]}],
                "oneOf": [{"type": "string", "const": 1}, {"exclusiveMinimum": 3}],
                "not": {"if": {}, "then": {"minContains": 2}, "contains": {}},
                "patternProperties": {"^x": {"prefixItems": [{}, {"nullable": True}]}},
                "dependentRequired": {"a": ["b"]},
                "dependentSchemas": {"a": {"propertyNames": {"maxLength": 3}}},
                "discriminator": {"propertyName": "a"},
            }
        )["paths"],
    },
}
"""A document with many keywords, any value of which a test replaces with JUNK."""
NARROWINGS: Final[dict[str, tuple[Any, Any]]] = {
    "required": ([], ["a"]),
    "maxLength": (9, 3),
    "minLength": (1, 2),
    "minimum": (1, 2.5),
    "exclusiveMaximum": (9, 8),
    "type": (["string", "integer"], ["string"]),
    "enum": (["a", "b"], ["b"]),
    "pattern": (None, "^a$"),
    "not": (None, {"const": "a"}),
    "additionalProperties": ({"type": ["string", "null"]}, {"type": "string"}),
    "items": ({}, {"maxItems": 3}),
    "anyOf": ([{"type": "string"}, {"type": "null"}, {"maxItems": 2}], [{"type": "string"}, {"type": "null"}]),
    "dependentRequired": ({}, {"a": ["b"]}),
    "uniqueItems": (False, True),
}
"""For each keyword a wider and a narrower value; None leaves the keyword out."""


def document_with_narrow(keywords: set[str]) -> dict[str, Any]:
    """A document whose schema has the narrower value of these keywords and the wider value of all others."""
    chosen = {keyword: values[keyword in keywords] for keyword, values in NARROWINGS.items()}
    return with_schema({keyword: value for keyword, value in chosen.items() if value is not None})


def kinds_in_requests(old: dict[str, Any], new: dict[str, Any]) -> set[ChangeKind]:
    return {each.kind for each in diff(old, new) if each.rule.startswith("request")}


@given(st.sampled_from(SCHEMA_FIELDS))
def test_removing_anything_from_a_schema_is_reported_and_so_is_adding_it_again(path: ValuePath) -> None:
    new = copy_with(PUBLISHED, path, delete)
    assert diff(PUBLISHED, new) != []
    assert diff(new, PUBLISHED) != []


@given(st.sampled_from([path for path in SCHEMA_FIELDS if str(path[2]).endswith("Request")]))
def test_a_removal_from_a_request_schema_breaks_either_in_this_order_or_in_the_reverse_but_not_in_both(path: ValuePath) -> None:
    new = copy_with(PUBLISHED, path, delete)
    removal_breaks, addition_breaks = (
        any(each.kind is ChangeKind.BREAKING for each in diff(a, b)) for a, b in ((PUBLISHED, new), (new, PUBLISHED))
    )
    assert removal_breaks != addition_breaks


@given(st.sampled_from(OPERATIONS))
def test_removing_a_path_or_an_operation_is_breaking(path: ValuePath) -> None:
    new = copy_with(PUBLISHED, path, delete)
    assert ("operation-removed", ChangeKind.BREAKING) in {(each.rule, each.kind) for each in diff(PUBLISHED, new)}
    assert {each.kind for each in diff(new, PUBLISHED)} == {ChangeKind.ADDITIVE}


@given(st.sets(st.sampled_from(sorted(NARROWINGS)), min_size=1), st.sets(st.sampled_from(sorted(NARROWINGS))))
def test_narrowing_a_request_is_breaking_and_widening_it_is_additive(narrowed: set[str], narrow: set[str]) -> None:
    old, new = document_with_narrow(narrow - narrowed), document_with_narrow(narrow | narrowed)
    assert kinds_in_requests(old, new) == {ChangeKind.BREAKING}
    assert kinds_in_requests(new, old) == {ChangeKind.ADDITIVE}


@given(st.sampled_from([path for path in paths_in(RICH) if path]), JUNK)
def test_a_malformed_document_is_compared_or_reported_as_unreadable(path: ValuePath, junk: Any) -> None:
    new = copy_with(RICH, path, lambda owner, name: owner.__setitem__(name, junk))
    for old, other in ((RICH, new), (new, RICH)):
        with suppress(DocumentUnreadable):
            assert diff(old, other) == diff(deepcopy(old), deepcopy(other))
