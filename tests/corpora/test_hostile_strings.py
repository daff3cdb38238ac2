"""Hostile strings in every place of the contract that takes a string: an admitted one is kept unchanged, any other is refused.

Places, and whether a place admits a string, are read from the document, so that a new field is tested without a change here.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from app import limits
from tests.corpora.hostile_strings import NO_TEXTS, each_text, long_texts
from tests.corpora.string_places import Place, places
from tests.corpora.valid_requests import ValidRequests
from tests.corpora.verdicts import assert_no_complaints, check_documented, check_problem, check_status
from tests.corpora.wire import Wire
from tests.support.administration import CREATION
from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.postings import BY_OPERATION_ID
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

PLACES: Final = places()
IN_BODIES: Final = [place for place in PLACES if place.location == "body"]
IN_URLS: Final = [place for place in PLACES if place.location in ("path", "query")]
IN_HEADERS: Final = [place for place in PLACES if place.location == "header"]
BODIES: Final = sorted({place.use.operation_id for place in IN_BODIES})
WITH_FREE_TEXT: Final = sorted({place.use.operation_id for place in IN_BODIES if place.is_free} & BY_OPERATION_ID.keys())
SPACE: Final = " \t"
CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
NO_UTF_8: Final = ("%FF", "%C0%AF", "%ED%A0%80", "%E2%82", "%F4%90%80%80")
WRITTEN_TWICE: Final = ("%25%32%65", "%2e%2e%2f", "%", "%zz", "%u0041", "%252e", "+", "%2B", "%20x", "%26x%3Dy")
"""What other readers decode once more, or otherwise."""
URL_BYTES: Final = limits.HEADER_BYTES - 1_000
"""Beside a text of this length there is room for what else is in a URL; no text has a length in between."""
IGNORED: Final = frozenset({"X-Trace-Id"})
"""Declared, and ignored since its sunset."""
PAGE_TOKENS: Final = ("page_token", "lines_page_token")


@pytest.fixture
def valid(server: RunningServer, client: LedgerClient) -> Iterator[ValidRequests]:
    wire = Wire(server.url, client.token)
    yield ValidRequests(wire, client)
    wire.close()


def test_the_walk_through_the_document_finds_every_kind_of_place() -> None:
    found = {str(place) for place in PLACES}
    assert len(found) == len(PLACES) >= 70
    assert found >= {
        "postPayment body /external_ref",
        "postPayment body /metadata name",
        "postDisbursement body /metadata/name",
        "postAccrualBatch body /loans/0/interest_minor",
        "postReversal header /Idempotency-Key",
        "getAccountBalance path /account_code",
        "listLoanJournalEntries query /page_token",
    }


def complaints(place: Place, text: str, response: httpx.Response) -> Iterable[str]:
    """What is wrong with the answer to a request that is valid but for this text in this place."""
    name = f"{place}: {text!r:.60} of {len(text)}"
    if not place.admits(text):
        return check_problem(name, response, "validation_failed", *([] if place.names else [place.field]))
    if place.field in PAGE_TOKENS:
        return check_problem(name, response, "invalid_page_token")
    if place.is_free and place.location == "body":
        return check_status(name, response)
    return check_documented(name, response, place.use.operation_id)


def complaints_of_all(found: list[Place], text: str, response: httpx.Response) -> Iterable[str]:
    """The same of a request with this text in many places at once: each that does not admit it is named."""
    fields = {place.field for place in found if not place.admits(text)} - IGNORED
    name = f"{found[0].use.operation_id}: {text!r:.60} everywhere"
    if fields:
        return check_problem(name, response, "validation_failed", *fields)
    return check_documented(name, response, found[0].use.operation_id)


@pytest.mark.parametrize("operation_id", sorted({place.use.operation_id for place in IN_BODIES if not place.names}))
def test_every_field_of_a_body_is_tried_with_every_text(valid: ValidRequests, refusals: Refusals, operation_id: str) -> None:
    """Except for the texts that a place admits: `test_a_free_text_comes_back_as_it_was_sent` posts those."""
    found = [place for place in IN_BODIES if place.use.operation_id == operation_id and not place.names]
    with refusals.nothing_written():
        for text in each_text():
            body = valid.body(operation_id)
            for place in found:
                body = body if place.admits(text) else place.within(body, text)
            assert_no_complaints(complaints_of_all(found, text, valid.post(operation_id, body)))


@pytest.mark.parametrize("operation_id", BODIES)
def test_every_name_of_a_member_is_tried_with_every_text(valid: ValidRequests, refusals: Refusals, operation_id: str) -> None:
    """Except for admitted names of metadata, which are posted with the free texts."""
    with refusals.nothing_written():
        for place in (each for each in IN_BODIES if each.use.operation_id == operation_id and each.names):
            body = valid.body(operation_id)
            for text in (each for each in each_text() if not place.admits(each)):
                assert_no_complaints(complaints(place, text, valid.post(operation_id, place.within(body, text))))


@pytest.mark.parametrize("operation_id", BODIES)
def test_every_field_and_every_name_is_tried_at_its_length_and_far_above(valid: ValidRequests, operation_id: str) -> None:
    for place in (each for each in IN_BODIES if each.use.operation_id == operation_id):
        body = valid.body(operation_id)
        for text in long_texts(dict(place.schema)):
            sent = valid.body_to_post(operation_id) if place.admits(text) else body
            assert_no_complaints(complaints(place, text, valid.post(operation_id, place.within(sent, text))))


@pytest.mark.parametrize("operation_id", BODIES)
def test_what_is_no_text_is_malformed_in_every_field_and_name(
    valid: ValidRequests, refusals: Refusals, operation_id: str
) -> None:
    body = valid.body(operation_id)
    with refusals.nothing_written():
        for place in (each for each in IN_BODIES if each.use.operation_id == operation_id):
            whole = json.dumps(place.within(body, "@")).encode()
            for name, token in NO_TEXTS.items():
                assert_no_complaints(
                    check_problem(f"{place}: {name}", valid.post(operation_id, whole.replace(b'"@"', token)), "malformed_json")
                )


@pytest.mark.parametrize("operation_id", WITH_FREE_TEXT)
def test_a_free_text_comes_back_as_it_was_sent(valid: ValidRequests, books: Books, operation_id: str) -> None:
    free = [place for place in IN_BODIES if place.use.operation_id == operation_id and place.is_free]
    kept = BY_OPERATION_ID[operation_id].kept
    assert {str(place.tokens[0]) for place in free} <= kept.keys()
    for text in each_text():
        body = valid.body_to_post(operation_id)
        for place in (each for each in free if each.admits(text)):
            body = place.within(body, text)
        answer = valid.post(operation_id, json.dumps(body, ensure_ascii=False).encode())
        assert answer.status_code == httpx.codes.CREATED, (text, answer.text)
        entry_id = answer.json()["journal_entry_id"]
        entry = valid.entry(entry_id) | {"details": details_of(books, entry_id)}
        for place in free:
            name = str(place.tokens[0])
            assert kept[name](entry) == body[name], (place, text)


def test_the_description_of_an_endpoint_comes_back_as_it_was_sent(valid: ValidRequests) -> None:
    for text in (each for each in each_text() if "\0" not in each and len(each) <= limits.WEBHOOK_DESCRIPTION_MAX):
        body = json.dumps({**CREATION.body(), "description": text}, ensure_ascii=False).encode()
        answer = valid.post(CREATION.operation_id, body)
        assert answer.status_code == httpx.codes.CREATED, (text, answer.text)
        assert answer.json()["description"] == text
        assert valid.endpoint(answer.json()["webhook_endpoint_id"])["description"] == text


def details_of(books: Books, entry_id: str) -> Any:
    [(details,)] = books.run("SELECT details FROM journal_entries WHERE journal_entry_id = ?", entry_id)
    return json.loads(details) if isinstance(details, str) else details


@pytest.mark.parametrize("place", IN_URLS, ids=str)
def test_every_parameter_of_a_path_and_a_query_is_tried_with_every_text(
    valid: ValidRequests, refusals: Refusals, place: Place
) -> None:
    with refusals.nothing_written():
        for text in (*each_text(), *long_texts(dict(place.schema))):
            encoded = quote(text, safe="")
            if place.location == "path" and not text:
                assert_no_complaints(check_problem(f"{place}: nothing", valid.ask(place, encoded), "not_found"))
            elif len(encoded) > URL_BYTES:
                assert_no_complaints(check_problem(f"{place}: {len(text)} characters", valid.ask(place, encoded), "uri_too_long"))
            else:
                assert_no_complaints(complaints(place, text, valid.ask(place, encoded)))


@pytest.mark.parametrize("place", IN_URLS, ids=str)
def test_what_is_no_text_in_a_url_is_refused(valid: ValidRequests, refusals: Refusals, place: Place) -> None:
    code = "invalid_page_token" if place.field in PAGE_TOKENS else "validation_failed"
    with refusals.nothing_written():
        for encoded in NO_UTF_8:
            assert_no_complaints(check_problem(f"{place}: {encoded}", valid.ask(place, encoded), "validation_failed"))
        for encoded in WRITTEN_TWICE:
            answer = valid.ask(place, encoded)
            if place.is_free and place.field not in PAGE_TOKENS:
                assert answer.status_code == 200, "read once, it is a text like any other"
            else:
                assert_no_complaints(check_problem(f"{place}: {encoded}", answer, code))


@pytest.mark.parametrize("operation_id", sorted({place.use.operation_id for place in IN_HEADERS}))
def test_every_header_is_tried_with_every_text_that_is_one_line(valid: ValidRequests, operation_id: str) -> None:
    found = [place for place in IN_HEADERS if place.use.operation_id == operation_id]
    for text in each_text():
        value = text.strip(SPACE)
        if "\r" in value or "\n" in value:
            continue
        response = valid.head(operation_id, {place.field: value.encode() for place in found})
        if CONTROL.search(value):
            assert_no_complaints(check_problem(f"{operation_id}: {text!r} is no header", response, "validation_failed"))
        else:
            assert_no_complaints(complaints_of_all(found, value, response))
