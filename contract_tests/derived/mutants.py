"""Copies of the document with one keyword less, and the check that fails on each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any, Final

from openapi_spec_validator import OpenAPIV31SpecValidator

from contract_tests import test_document_is_valid as promises
from contract_tests import test_limits_agree as limits
from contract_tests import test_published_facts as facts
from contract_tests import test_published_fragment as fragment
from contract_tests.derived import test_requests as requests
from contract_tests.derived.validators import all_cases, validator_of
from tests.support.schema_cases.nodes import Case, json_pointer
from tests.support.schema_cases.roots import DOCUMENT, Root, roots

WORDS: Final = {"description", "summary", "title", "example", "examples"}
"""Keywords for readers, which no validator reads."""
ELSEWHERE: Final = {"examples", "links", "schemas", "securitySchemes"}
"""Where nothing is declared like a parameter, a header or a body."""


def keywords(document: Mapping[str, Any]) -> Iterator[str]:
    """Pointers to all that the document says of schemas, parameters, headers and bodies, references not followed."""
    for name, schema in document["components"]["schemas"].items():
        yield from _of_schema(schema, json_pointer("components", "schemas", name))
    yield from _declarations(document, "")


def remove(value: Any, pointer: str) -> Any:
    """A copy without what `pointer` leads to; all else is shared with `value`."""
    token, _, rest = pointer.removeprefix("/").partition("/")
    name = int(token) if isinstance(value, list) else token.replace("~1", "/").replace("~0", "~")
    copy = value.copy()
    if rest:
        copy[name] = remove(value[name], rest)
    else:
        del copy[name]
    return copy


def check_failing_without(pointer: str) -> str | None:
    """The first check that fails on the document without what `pointer` leads to, or None."""
    mutant = remove(DOCUMENT, pointer)
    labelled = _labelled()[pointer]
    try:
        told = next((root for root, known in labelled.items() if _differs(root, known, mutant)), None)
        told = told or next((root for root in labelled if _differs(root, all_cases(root), mutant)), None)
    except (LookupError, ValueError):
        return "the document cannot be read"
    return f"the cases of {told.pointer}" if told else failing_check(mutant)


@cache
def _labelled() -> Mapping[str, dict[Root, list[Case]]]:
    """The cases that each keyword takes part in."""
    found: defaultdict[str, dict[Root, list[Case]]] = defaultdict(dict)
    for root in roots():
        for case in all_cases(root):
            for pointer in case.trail:
                found[pointer].setdefault(root, []).append(case)
    return found


def _differs(root: Root, known: tuple[Case, ...] | list[Case], mutant: Mapping[str, Any]) -> bool:
    accepts = validator_of(root, mutant)
    return any(accepts(case.value) is not case.is_valid for case in known)


def failing_check(mutant: Mapping[str, Any]) -> str | None:
    """The first test of the whole document that fails on the mutant."""
    for check in _document_checks():
        try:
            check(document=mutant)
        except (AssertionError, LookupError):
            return check.func.__name__
    return None if OpenAPIV31SpecValidator(mutant).is_valid() else "the document is not OpenAPI 3.1"


@cache
def _document_checks() -> tuple[partial[None], ...]:
    return (
        *(partial(facts.test_the_fact_stands_as_published, fact) for fact in facts.FACTS),
        *(partial(limits.test_the_limit_is_the_same, *limit) for limit in limits.LIMITS.items()),
        *(partial(fragment.test_the_part_is_equal, name) for name in fragment.PARTS),
        partial(promises.test_every_object_is_closed_but_for_those_that_must_be_open),
        partial(promises.test_first_answer_and_replay_have_one_schema),
        partial(requests.test_every_body_is_required),
    )


def _of_schema(schema: Mapping[str, Any], pointer: str) -> Iterator[str]:
    for keyword, value in schema.items():
        if keyword in WORDS:
            continue
        place = pointer + json_pointer(keyword)
        yield place
        if keyword == "properties":
            for name, member in value.items():
                yield place + json_pointer(name)
                yield from _of_schema(member, place + json_pointer(name))
        elif keyword in ("required", "enum"):
            yield from (f"{place}/{index}" for index in range(len(value)))
        elif isinstance(value, Mapping):
            yield from _of_schema(value, place)


def _declarations(value: Any, pointer: str) -> Iterator[str]:
    """Members of every parameter, header, media type and request body, and keywords of the schemas in them."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from _declarations(member, f"{pointer}/{index}")
    if not isinstance(value, Mapping):
        return
    if "schema" in value or pointer.endswith("/requestBody"):
        yield from (pointer + json_pointer(name) for name in value if name not in WORDS)
        yield from _of_schema(value.get("schema", {}), f"{pointer}/schema")
    for name, member in value.items():
        if name not in ELSEWHERE and name != "schema":
            yield from _declarations(member, pointer + json_pointer(name))
