"""What holds of the comparer whatever the change: nothing that is taken away is missed, and no document ends it otherwise."""

from contextlib import suppress
from copy import deepcopy
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from app.compatibility.change import Kind
from app.compatibility.compare import METHODS, diff
from app.compatibility.documents import DocumentUnreadable, read
from app.contract.document import DOCUMENT as OURS
from tests.unit.compatibility.documents import DOCUMENT, speaking

DOCUMENT_OF_OURS: Final = read(str(OURS))
Way = tuple[str | int, ...]


def ways(value: Any, way: Way = ()) -> list[Way]:
    """To every value in a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for key, member in members for found in ways(member, (*way, key)))]


def put(document: dict[str, Any], way: Way, change: Any) -> dict[str, Any]:
    """A copy in which `change` was done to the owner of the last name of the way."""
    copy = deepcopy(document)
    owner: Any = copy
    for name in way[:-1]:
        owner = owner[name]
    change(owner, way[-1])
    return copy


def delete(owner: Any, name: Any) -> None:
    del owner[name]


def is_field(way: Way) -> bool:
    """A field, an enum value or an entry of `required` in a schema."""
    return len(way) > 3 and way[-2] in ("properties", "enum", "required") and way[-3] != "properties" and "examples" not in way


SCHEMA_WAYS: Final = [way for way in ways(DOCUMENT_OF_OURS["components"]["schemas"], ("components", "schemas")) if is_field(way)]
PATHS: Final = DOCUMENT_OF_OURS["paths"]
OPERATION_WAYS: Final[list[Way]] = [("paths", path) for path in PATHS] + [
    ("paths", path, method) for path, item in PATHS.items() for method in METHODS if method in item
]
JUNK: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [None, True, 0, -1.5, "", "x", [], [None], [[]], [1], {}, {"x": None}, {"$ref": "#/x"}, {"$ref": 1}]
)
RICH: Final = {
    **DOCUMENT,
    "paths": {
        **DOCUMENT["paths"],
        **speaking(
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
"""Much that a document may say, to be replaced by junk."""
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
"""Values of which the second admits less."""


def saying(narrow: set[str]) -> dict[str, Any]:
    said = {keyword: values[keyword in narrow] for keyword, values in NARROWINGS.items()}
    return speaking({keyword: value for keyword, value in said.items() if value is not None})


def of_requests(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[Kind, str]]:
    return [(each.kind, each.rule) for each in diff(old, new) if each.rule.startswith("request")]


@settings(deadline=None)
@given(st.sampled_from(SCHEMA_WAYS))
def test_whatever_is_taken_from_a_schema_is_told_one_way_and_the_other(way: Way) -> None:
    new = put(DOCUMENT_OF_OURS, way, delete)
    assert diff(DOCUMENT_OF_OURS, new) != []
    assert diff(new, DOCUMENT_OF_OURS) != []


@settings(deadline=None)
@given(st.sampled_from([way for way in SCHEMA_WAYS if str(way[2]).endswith("Request")]))
def test_what_is_taken_from_a_request_of_ours_breaks_one_way_and_only_that_way(way: Way) -> None:
    new = put(DOCUMENT_OF_OURS, way, delete)
    there, back = (
        any(each.kind is Kind.BREAKING for each in diff(a, b)) for a, b in ((DOCUMENT_OF_OURS, new), (new, DOCUMENT_OF_OURS))
    )
    assert there != back


@settings(deadline=None)
@given(st.sampled_from(OPERATION_WAYS))
def test_a_path_or_an_operation_that_is_taken_away_is_a_break(way: Way) -> None:
    new = put(DOCUMENT_OF_OURS, way, delete)
    assert ("operation-removed", Kind.BREAKING) in {(each.rule, each.kind) for each in diff(DOCUMENT_OF_OURS, new)}
    assert {each.kind for each in diff(new, DOCUMENT_OF_OURS)} == {Kind.ADDITIVE}


@settings(deadline=None)
@given(st.sets(st.sampled_from(sorted(NARROWINGS)), min_size=1), st.sets(st.sampled_from(sorted(NARROWINGS))))
def test_a_request_that_is_narrowed_breaks_and_the_way_back_only_adds(narrowed: set[str], narrow: set[str]) -> None:
    old, new = saying(narrow - narrowed), saying(narrow | narrowed)
    assert {kind for kind, _ in of_requests(old, new)} == {Kind.BREAKING}
    assert {kind for kind, _ in of_requests(new, old)} == {Kind.ADDITIVE}


@settings(deadline=None)
@given(st.sampled_from([way for way in ways(RICH) if way]), JUNK)
def test_a_malformed_document_is_compared_or_called_unreadable(way: Way, junk: Any) -> None:
    new = put(RICH, way, lambda owner, name: owner.__setitem__(name, junk))
    for old, other in ((RICH, new), (new, RICH)):
        with suppress(DocumentUnreadable):
            assert diff(old, other) == diff(deepcopy(old), deepcopy(other))
