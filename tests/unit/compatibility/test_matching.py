"""Schemas of two lists are paired by what they admit, by their place or list by list; those without a counterpart are left."""

from typing import Any

from app.compatibility.documents import document_root
from app.compatibility.matching import Pair, align_lists, match_schemas, pair_by_place
from app.compatibility.resolved_schema import ResolvedSchema, schema_in


def schemas(**written: Any) -> list[ResolvedSchema]:
    """One schema for each name, in this order; the name is the pointer."""
    root = document_root(written, "it")
    return [schema_in(root, name) for name in written]


def of_type(*types: str) -> list[ResolvedSchema]:
    return schemas(**{f"{place}-{name}": {"type": name} for place, name in enumerate(types)})


def has_same_types(pair: Pair) -> bool:
    return pair.old.types == pair.new.types


def pointers(pairs: list[Pair]) -> list[tuple[str, str]]:
    return [(pair.old.pointer, pair.new.pointer) for pair in pairs]


def test_corresponding_schemas_are_paired_whatever_their_order() -> None:
    matching = match_schemas(of_type("string", "null"), of_type("null", "string"), has_same_types)
    assert pointers(matching.pairs) == [("/0-string", "/1-string"), ("/1-null", "/0-null")]
    assert matching.is_complete


def test_schemas_without_a_counterpart_are_removed_or_added() -> None:
    matching = match_schemas(of_type("string", "null"), of_type("boolean", "null"), has_same_types)
    assert [each.pointer for each in matching.removed] == ["/0-string"]
    assert [each.pointer for each in matching.added] == ["/0-boolean"]
    assert not matching.is_complete


def test_several_schemas_may_be_paired_with_the_same_one() -> None:
    matching = match_schemas(of_type("null", "null"), of_type("null"), has_same_types)
    assert len(matching.pairs) == 2
    assert matching.is_complete


def test_schemas_are_paired_by_place_then_in_order_and_the_rest_with_an_unrestricted_schema() -> None:
    before, after = schemas(a={"minLength": 1}, b={"minLength": 2}), schemas(c={"minLength": 3}, a={"minLength": 4}, d=True)
    pairs = list(pair_by_place(tuple(before), tuple(after), "/owner"))
    assert pointers(pairs) == [("/a", "/a"), ("/b", "/c"), ("/owner", "/d")]
    assert pairs[-1].old.parts == ()


def test_lists_are_aligned_by_their_schemas_and_the_rest_in_order() -> None:
    strings, nulls, booleans = of_type("string"), of_type("null"), of_type("boolean")
    aligned = align_lists([strings, nulls], [nulls, booleans, booleans], has_same_types)
    assert aligned == [(nulls, nulls), (strings, booleans), ((), booleans)]


def test_a_pair_of_the_same_component_is_known_by_its_place() -> None:
    reference = {"$ref": "#/components/schemas/X"}
    root = document_root({"a": reference, "b": {"type": "string"}, "components": {"schemas": {"X": {"type": "null"}}}}, "it")
    component, written = schema_in(root, "a"), schema_in(root, "b")
    assert Pair(component, component).is_component
    assert not Pair(component, written).is_component
