"""Whatever is taken out of the document, a check fails: nothing that it says of a request or a response can be lost unnoticed.

What may be taken out is listed with the reason: it says again what something else says, or speaks of what is never judged.
"""

from typing import Final

import pytest

from contract_tests.derived.mutants import failing, keywords, noticed_by, without
from tests.support.schema_cases.roots import DOCUMENT, at_exactly

KEYWORDS: Final = frozenset(keywords(DOCUMENT))
SCHEMAS: Final = "/components/schemas"
HEADERS: Final = "/components/headers"
METHOD_NOT_ALLOWED: Final = "/components/responses/MethodNotAllowed/content/application~1problem+json/schema"

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
    "a header is text": [f"{HEADERS}/{name}/schema/type" for name in ("Deprecation", "Sunset", "WwwAuthenticate", "Allow")],
    "no operation answers 405: a method that is not declared has no operation": [
        f"{HEADERS}/Allow/required",
        METHOD_NOT_ALLOWED,
        f"{METHOD_NOT_ALLOWED}/$ref",
    ],
}
LISTED: Final = [pointer for pointers in REDUNDANT.values() for pointer in pointers]


def test_the_whole_document_passes_every_check() -> None:
    assert failing(DOCUMENT) is None


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
    copy = without(DOCUMENT, pointer)
    assert at_exactly(copy, f"{SCHEMAS}/Layer/enum") == ["SETTLED", "ENCUMBRANCE"]
    assert at_exactly(DOCUMENT, pointer) == "PENDING"


def test_the_loss_of_any_keyword_is_noticed() -> None:
    unnoticed = [pointer for pointer in sorted(KEYWORDS - set(LISTED)) if noticed_by(pointer) is None]
    assert unnoticed == []


@pytest.mark.parametrize("pointer", LISTED)
def test_what_is_listed_as_redundant_is_there_and_is_redundant(pointer: str) -> None:
    assert pointer in KEYWORDS
    assert noticed_by(pointer) is None
