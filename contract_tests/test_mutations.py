"""Each keyword of the document is removed in turn, and some check must fail: no rule about requests or responses can get lost.

Keywords that no check misses are listed with the reason: they repeat another keyword, or are about what no validator reads.
"""

from typing import Final

import pytest

from contract_tests.derived.mutants import check_failing_without, failing_check, keywords, remove
from tests.support.schema_cases.roots import DOCUMENT, at_exactly

KEYWORDS: Final = frozenset(keywords(DOCUMENT))
SCHEMAS: Final = "/components/schemas"
HEADERS: Final = "/components/headers"
METHOD_NOT_ALLOWED: Final = "/components/responses/MethodNotAllowed/content/application~1problem+json/schema"

TEXT_HEADERS: Final = ("Deprecation", "Sunset", "WwwAuthenticate", "Allow", "RequestTrace", "Location")
REDUNDANT: Final = {
    "the pattern admits no other length": [f"{SCHEMAS}/SignedAmountMinor/minLength", f"{SCHEMAS}/SignedAmountMinor/maxLength"],
    "the enum has strings only": [
        f"{SCHEMAS}/Direction/type",
        f"{SCHEMAS}/PaymentRequest/properties/source_method/type",
        f"{SCHEMAS}/DisbursementRequest/properties/method/type",
        f"{SCHEMAS}/AccrualBatchRequest/properties/day_count_convention/type",
        f"{SCHEMAS}/ReversalRequest/properties/reason_code/type",
        f"{SCHEMAS}/LivenessStatus/properties/status/type",
        f"{SCHEMAS}/ReadinessStatus/properties/status/type",
        f"{SCHEMAS}/ReadinessCheck/properties/status/type",
        f"{SCHEMAS}/ProblemCode/type",
        f"{HEADERS}/IdempotencyReplayed/schema/type",
    ],
    "the name of a member is a string": [f"{SCHEMAS}/Metadata/propertyNames/type"],
    "additionalProperties says the same of every check": [
        f"{SCHEMAS}/ReadinessStatus/properties/checks/properties",
        f"{SCHEMAS}/ReadinessStatus/properties/checks/properties/database",
    ],
    "a header is text": [f"{HEADERS}/{name}/schema/type" for name in TEXT_HEADERS],
    "no operation answers 405: a method that is not declared has no operation": [
        f"{HEADERS}/Allow/required",
        METHOD_NOT_ALLOWED,
        f"{METHOD_NOT_ALLOWED}/$ref",
    ],
}
LISTED: Final = [pointer for pointers in REDUNDANT.values() for pointer in pointers]


def test_the_whole_document_passes_every_check() -> None:
    assert failing_check(DOCUMENT) is None


def test_every_schema_parameter_header_and_body_loses_its_keywords_in_turn() -> None:
    assert len(KEYWORDS) > 800
    for pointer in (
        f"{SCHEMAS}/AmountMinor/pattern",
        f"{SCHEMAS}/PaymentRequest/required/5",
        f"{SCHEMAS}/Metadata/propertyNames/maxLength",
        f"{SCHEMAS}/JournalEntry/properties/lines/items",
        "/components/parameters/IdempotencyKey/required",
        "/components/headers/RetryAfter/schema/minimum",
        "/paths/~1payments/post/requestBody/required",
        "/webhooks/journalEntryPosted/post/requestBody/content/application~1json/schema/$ref",
    ):
        assert pointer in KEYWORDS


def test_a_copy_lacks_one_keyword_and_the_document_stays_whole() -> None:
    pointer = f"{SCHEMAS}/Layer/enum/1"
    copy = remove(DOCUMENT, pointer)
    assert at_exactly(copy, f"{SCHEMAS}/Layer/enum") == ["SETTLED", "ENCUMBRANCE"]
    assert at_exactly(DOCUMENT, pointer) == "PENDING"


def test_a_check_fails_without_any_keyword() -> None:
    unchecked = [pointer for pointer in sorted(KEYWORDS - set(LISTED)) if check_failing_without(pointer) is None]
    assert unchecked == []


@pytest.mark.parametrize("pointer", LISTED)
def test_every_keyword_listed_as_redundant_exists_and_is_redundant(pointer: str) -> None:
    assert pointer in KEYWORDS
    assert check_failing_without(pointer) is None
