"""Every document of the JSON corpus as a body and within a body: read or refused as its rule says, and nothing is written."""

from typing import Final

import httpx
import pytest

from tests.corpora.json_documents import MALFORMED, READABLE, VALID, named
from tests.corpora.verdicts import assert_none_wrong, no_problem
from tests.support.client import LedgerClient
from tests.support.refusals import Refusals

KEY: Final = "json:00000001"


def post(client: LedgerClient, content: bytes, path: str = "/payments") -> httpx.Response:
    return client.http.post(path, content=content, headers={"idempotency-key": KEY, "content-type": "application/json"})


def within(document: bytes) -> bytes:
    """A payment with the document for an amount."""
    return b'{"amount_minor":' + document + b',"metadata":{"a":"b"}}'


@pytest.mark.parametrize("code", ["malformed_json", "validation_failed"])
def test_every_document_is_answered_as_its_rule_says(client: LedgerClient, refused: Refusals, code: str) -> None:
    documents = MALFORMED if code == "malformed_json" else READABLE
    with refused.nothing_written():
        assert_none_wrong(line for each in documents for line in no_problem(named(each), post(client, each), code))


@pytest.mark.parametrize("code", ["malformed_json", "validation_failed"])
def test_every_document_is_answered_so_in_the_place_of_a_value_too(client: LedgerClient, refused: Refusals, code: str) -> None:
    documents = (
        MALFORMED if code == "malformed_json" else [each for each in READABLE if each not in VALID["depth within the limit"]]
    )
    with refused.nothing_written():
        assert_none_wrong(line for each in documents for line in no_problem(named(each), post(client, within(each)), code))
