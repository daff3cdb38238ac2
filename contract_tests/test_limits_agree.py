"""The document and app/limits.py name the same limits."""

from typing import Any

import pytest

from app import limits
from tests.support.administration import ADMINISTRATION
from tests.support.document_walk import at
from tests.support.postings import POSTINGS
from tests.support.schema_cases.nodes import json_pointer

SCHEMAS = "/components/schemas"
PAGE_SIZE = "/paths/~1loans~1{loan_id}~1journal-entries/get/parameters/(page_size)/schema"
BODY_MEMBERS = ("requestBody", "content", "application/json", "schema", "properties")
LIMITS: dict[str, int] = {
    "/components/parameters/IdempotencyKey/schema/minLength": limits.IDEMPOTENCY_KEY_MIN,
    "/components/parameters/IdempotencyKey/schema/maxLength": limits.IDEMPOTENCY_KEY_MAX,
    **{
        json_pointer("paths", posting.path, "post", *BODY_MEMBERS, name, "maxLength"): longest
        for posting in (*POSTINGS, *ADMINISTRATION)
        for name, longest in posting.longest.items()
    },
    json_pointer("paths", "/accruals/batch", "post", "x-max-body-bytes"): limits.LARGEST_BODY_BYTES,
    f"{SCHEMAS}/Metadata/maxProperties": limits.METADATA_KEYS,
    f"{SCHEMAS}/Metadata/propertyNames/maxLength": limits.METADATA_KEY_MAX,
    f"{SCHEMAS}/Metadata/additionalProperties/maxLength": limits.METADATA_VALUE_MAX,
    f"{SCHEMAS}/AccrualBatchRequest/properties/loans/maxItems": limits.ACCRUAL_LOANS,
    f"{PAGE_SIZE}/default": limits.PAGE_SIZE_DEFAULT,
    f"{PAGE_SIZE}/maximum": limits.PAGE_SIZE_MAX,
    f"{SCHEMAS}/JournalEntryPage/properties/items/maxItems": limits.PAGE_SIZE_MAX,
    f"{SCHEMAS}/JournalEntry/properties/lines/maxItems": limits.LINES_PAGE,
    f"{SCHEMAS}/Problem/properties/errors/maxItems": limits.ACCRUAL_LOANS,
    f"{SCHEMAS}/WebhookEndpointPage/properties/items/maxItems": limits.PAGE_SIZE_MAX,
    f"{SCHEMAS}/WebhookDeliveryPage/properties/items/maxItems": limits.PAGE_SIZE_MAX,
    f"{SCHEMAS}/SecretRotationRequest/properties/previous_valid_hours/maximum": limits.PREVIOUS_SECRET_HOURS_MAX,
    f"{SCHEMAS}/SecretRotationRequest/properties/previous_valid_hours/default": limits.PREVIOUS_SECRET_HOURS_DEFAULT,
}


@pytest.mark.parametrize(("pointer", "limit"), LIMITS.items(), ids=list(LIMITS))
def test_the_limit_is_the_same(pointer: str, limit: int, document: dict[str, Any]) -> None:
    assert at(document, pointer) == limit


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ("/paths/~1journal-entries~1{journal_entry_id}/get/description", f"{limits.LINES_PAGE:,} at a time"),
        (f"{SCHEMAS}/JournalEntry/description", f"more than {limits.HISTORY_LINES} lines"),
        ("/paths/~1webhook-endpoints/post/description", f"has {limits.WEBHOOK_ENDPOINTS} endpoints"),
        (f"{SCHEMAS}/AmountMinor/description", f"above {limits.AMOUNT_MINOR_MAX}"),
        ("/components/responses/PayloadTooLarge/description", f"{limits.BODY_BYTES // 2**10} KiB"),
    ],
)
def test_the_words_quote_the_limit(pointer: str, text: str, document: dict[str, Any]) -> None:
    assert text in at(document, pointer)


def test_an_accrual_of_the_most_loans_numbers_its_lines_within_the_sequence(document: dict[str, Any]) -> None:
    assert at(document, f"{SCHEMAS}/JournalLine/properties/sequence/maximum") > limits.ACCRUAL_LOANS
