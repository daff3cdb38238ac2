"""Hostile strings in every place of the contract that takes one: what it admits is kept as it came, all else is refused.

The places are found in the document, and whether one admits a string is read from its keywords: a new field is tried at once.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from tests.corpora.hostile_strings import NO_TEXTS, each_text, long_texts
from tests.corpora.string_places import Place, places
from tests.corpora.valid_requests import Living
from tests.corpora.verdicts import assert_none_wrong, documented, no_problem, no_success
from tests.corpora.wire import Wire
from tests.support.books import Books
from tests.support.client import LedgerClient
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

PLACES: Final = places()
IN_BODIES: Final = [place for place in PLACES if place.location == "body"]
IN_URLS: Final = [place for place in PLACES if place.location in ("path", "query")]
IN_HEADERS: Final = [place for place in PLACES if place.location == "header"]
BODIES: Final = sorted({place.use.operation_id for place in IN_BODIES})
WITH_FREE_TEXT: Final = sorted({place.use.operation_id for place in IN_BODIES if place.is_free})
SPACE: Final = " \t"
CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
NO_UTF_8: Final = ("%FF", "%C0%AF", "%ED%A0%80", "%E2%82", "%F4%90%80%80")
WRITTEN_TWICE: Final = ("%25%32%65", "%2e%2e%2f", "%", "%zz", "%u0041", "%252e", "+", "%2B", "%20x", "%26x%3Dy")
"""What other readers decode once more, or otherwise."""
URL_BYTES: Final = 60_000
"""The parser takes a little more for a URL, and calls what is longer no HTTP."""
PAGE_TOKENS: Final = ("page_token", "lines_page_token")


@pytest.fixture
def living(server: RunningServer, client: LedgerClient) -> Iterator[Living]:
    wire = Wire(server.url, client.token)
    yield Living(wire, client)
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


def verdict(place: Place, text: str, response: httpx.Response) -> Iterable[str]:
    """What is wrong with the answer to a request with this text in this place, all else being right."""
    name = f"{place}: {text!r:.60} of {len(text)}"
    if not place.admits(text):
        return no_problem(name, response, "validation_failed", *([] if place.names else [place.field]))
    if place.field in PAGE_TOKENS:
        return no_problem(name, response, "invalid_page_token")
    if place.is_free and place.location == "body":
        return no_success(name, response)
    return documented(name, response, place.use.operation_id)


def together(found: list[Place], text: str, response: httpx.Response) -> Iterable[str]:
    """The same of a request with this text in many places at once: each that does not admit it is named."""
    fields = {place.field for place in found if not place.admits(text)}
    name = f"{found[0].use.operation_id}: {text!r:.60} everywhere"
    if fields:
        return no_problem(name, response, "validation_failed", *fields)
    return documented(name, response, found[0].use.operation_id)


@pytest.mark.parametrize("operation_id", BODIES)
def test_every_field_of_a_body_is_tried_with_every_text(living: Living, refused: Refusals, operation_id: str) -> None:
    """But for the texts that a free field admits: they are posted where they are read again."""
    found = [place for place in IN_BODIES if place.use.operation_id == operation_id and not place.names]
    with refused.nothing_written():
        for text in each_text():
            body = living.body(operation_id)
            for place in found:
                body = body if place.admits(text) else place.within(body, text)
            assert_none_wrong(together(found, text, living.post(operation_id, body)))


@pytest.mark.parametrize("operation_id", BODIES)
def test_every_name_of_a_member_is_tried_with_every_text(living: Living, refused: Refusals, operation_id: str) -> None:
    """But for those of metadata that are admitted, and posted with the free fields."""
    with refused.nothing_written():
        for place in (each for each in IN_BODIES if each.use.operation_id == operation_id and each.names):
            body = living.body(operation_id)
            for text in (each for each in each_text() if not place.admits(each)):
                assert_none_wrong(verdict(place, text, living.post(operation_id, place.within(body, text))))


@pytest.mark.parametrize("operation_id", BODIES)
def test_every_field_and_every_name_is_tried_at_its_length_and_far_above(living: Living, operation_id: str) -> None:
    for place in (each for each in IN_BODIES if each.use.operation_id == operation_id):
        body = living.body(operation_id)
        for text in long_texts(dict(place.schema)):
            sent = living.renewed(body) if place.admits(text) else body
            assert_none_wrong(verdict(place, text, living.post(operation_id, place.within(sent, text))))


@pytest.mark.parametrize("operation_id", BODIES)
def test_what_is_no_text_is_malformed_in_every_field_and_name(living: Living, refused: Refusals, operation_id: str) -> None:
    body = living.body(operation_id)
    with refused.nothing_written():
        for place in (each for each in IN_BODIES if each.use.operation_id == operation_id):
            whole = json.dumps(place.within(body, "@")).encode()
            for name, token in NO_TEXTS.items():
                assert_none_wrong(
                    no_problem(f"{place}: {name}", living.post(operation_id, whole.replace(b'"@"', token)), "malformed_json")
                )


@pytest.mark.parametrize("operation_id", WITH_FREE_TEXT)
def test_a_free_text_comes_back_as_it_was_sent(living: Living, books: Books, operation_id: str) -> None:
    free = [place for place in IN_BODIES if place.use.operation_id == operation_id and place.is_free]
    assert {str(place.tokens[0]) for place in free} <= READ.keys()
    for text in each_text():
        body = living.renewed(living.body(operation_id))
        for place in (each for each in free if each.admits(text)):
            body = place.within(body, text)
        answer = living.post(operation_id, json.dumps(body, ensure_ascii=False).encode())
        assert answer.status_code == httpx.codes.CREATED, (text, answer.text)
        entry_id = answer.json()["journal_entry_id"]
        entry = living.entry(entry_id) | {"details": details_of(books, entry_id)}
        for place in free:
            name = str(place.tokens[0])
            assert READ[name](entry) == body[name], (place, text)


READ: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "external_ref": lambda entry: one_of(line["external_ref"] for line in entry["lines"]),
    "destination_ref": lambda entry: one_of(line["external_ref"] for line in entry["lines"]),
    "description": lambda entry: entry["description"],
    "reason_description": lambda entry: entry["description"],
    "metadata": lambda entry: entry["details"]["metadata"],
}
"""Where each free text is found again; `details` only in the books."""


def one_of(values: Iterable[Any]) -> Any:
    [value] = set(values)
    return value


def details_of(books: Books, entry_id: str) -> Any:
    [(details,)] = books.run("SELECT details FROM journal_entries WHERE journal_entry_id = ?", entry_id)
    return json.loads(details) if isinstance(details, str) else details


@pytest.mark.parametrize("place", IN_URLS, ids=str)
def test_every_parameter_of_a_path_and_a_query_is_tried_with_every_text(living: Living, refused: Refusals, place: Place) -> None:
    with refused.nothing_written():
        for text in (*each_text(), *long_texts(dict(place.schema))):
            encoded = quote(text, safe="")
            if place.location == "path" and not text:
                assert_none_wrong(no_problem(f"{place}: nothing", living.ask(place, encoded), "not_found"))
            elif len(encoded) > URL_BYTES:
                assert_none_wrong(no_problem(f"{place}: {len(text)} characters", living.ask(place, encoded), "validation_failed"))
            else:
                assert_none_wrong(verdict(place, text, living.ask(place, encoded)))


@pytest.mark.parametrize("place", IN_URLS, ids=str)
def test_what_is_no_text_in_a_url_is_refused(living: Living, refused: Refusals, place: Place) -> None:
    code = "invalid_page_token" if place.field in PAGE_TOKENS else "validation_failed"
    with refused.nothing_written():
        for encoded in NO_UTF_8:
            assert_none_wrong(no_problem(f"{place}: {encoded}", living.ask(place, encoded), "validation_failed"))
        for encoded in WRITTEN_TWICE:
            assert_none_wrong(no_problem(f"{place}: {encoded}", living.ask(place, encoded), code))


@pytest.mark.parametrize("operation_id", sorted({place.use.operation_id for place in IN_HEADERS}))
def test_every_header_is_tried_with_every_text_that_is_one_line(living: Living, operation_id: str) -> None:
    found = [place for place in IN_HEADERS if place.use.operation_id == operation_id]
    for text in each_text():
        value = text.strip(SPACE)
        if "\r" in value or "\n" in value:
            continue
        response = living.head(operation_id, {place.field: value.encode() for place in found})
        if CONTROL.search(value):
            assert_none_wrong(no_problem(f"{operation_id}: {text!r} is no header", response, "validation_failed"))
        else:
            assert_none_wrong(together(found, value, response))
