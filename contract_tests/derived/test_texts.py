"""The texts that stand for a pattern or a format are those of the document, and say one thing each."""

import pytest

from tests.support.document_walk import each_schema
from tests.support.schema_cases.roots import DOCUMENT
from tests.support.schema_cases.texts import FORMATS, PATTERNS, Texts


@pytest.mark.parametrize(("keyword", "known"), [("pattern", PATTERNS), ("format", FORMATS)])
def test_every_pattern_and_format_of_the_document_has_texts_and_no_other(keyword: str, known: dict[str, Texts]) -> None:
    assert {schema[keyword] for _, schema in each_schema(DOCUMENT) if keyword in schema} == set(known)


@pytest.mark.parametrize("texts", [*PATTERNS.values(), *FORMATS.values()], ids=[*PATTERNS, *FORMATS])
def test_no_text_is_both_accepted_and_refused_or_listed_twice(texts: Texts) -> None:
    assert texts.accepted
    assert texts.refused
    listed = (*texts.accepted, *texts.refused)
    assert len(listed) == len(set(listed))
