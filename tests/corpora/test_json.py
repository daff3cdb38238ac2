"""Every document of the JSON corpus is sent as a body and inside a body: it is malformed or invalid, and nothing is written."""

from typing import Final

import httpx
import pytest

from tests.corpora.json_documents import MALFORMED, READABLE, VALID, short_name
from tests.corpora.verdicts import assert_no_complaints, check_problem
from tests.support.client import LedgerClient
from tests.support.refusals import Refusals

KEY: Final = "json:00000001"


def post(client: LedgerClient, content: bytes, path: str = "/payments") -> httpx.Response:
    return client.http.post(path, content=content, headers={"idempotency-key": KEY, "content-type": "application/json"})


def within(document: bytes) -> bytes:
    """A payment whose amount is the document."""
    return b'{"amount_minor":' + document + b',"metadata":{"a":"b"}}'


@pytest.mark.parametrize("code", ["malformed_json", "validation_failed"])
def test_every_document_is_answered_as_its_rule_says(client: LedgerClient, refusals: Refusals, code: str) -> None:
    documents = MALFORMED if code == "malformed_json" else READABLE
    with refusals.nothing_written():
        assert_no_complaints(line for each in documents for line in check_problem(short_name(each), post(client, each), code))


@pytest.mark.parametrize("code", ["malformed_json", "validation_failed"])
def test_every_document_inside_a_body_is_answered_as_its_rule_says(client: LedgerClient, refusals: Refusals, code: str) -> None:
    documents = (
        MALFORMED if code == "malformed_json" else [each for each in READABLE if each not in VALID["depth within the limit"]]
    )
    with refusals.nothing_written():
        assert_no_complaints(
            line for each in documents for line in check_problem(short_name(each), post(client, within(each)), code)
        )
