"""Bodies that are not JSON, too deep, too large or wrongly labelled are refused; hostile strings are kept unchanged."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import httpx
import pytest

from app import limits
from tests.support import bodies, raw
from tests.support.bodies import day
from tests.support.client import LedgerClient, new_id
from tests.support.postings import POSTINGS, Posting
from tests.support.problems import problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

KEY: Final = "bad-body:00000001"
WITH_TEXTS: Final = [posting for posting in POSTINGS if posting.longest]
HOSTILE: Final = (
    *(
        "'; DROP TABLE loans; --",
        '" OR ""="',
        "1); DELETE FROM journal_lines; --",
        "$1",
        "%s",
        "?",
        ":name",
        "{}",
        "${7*7}",
        "{{7*7}}",
    ),
    *(
        "<script>alert(1)</script>",
        "<!--",
        "]]>",
        "&amp;",
        "../../../etc/passwd",
        "\\\\host\\share",
        "CON",
        "-rf",
        "|id",
        "`id`",
        "$(id)",
    ),
    *(
        "\u202eevil",
        "\u200b\u200d\ufeff",
        "e\u0301",
        "é",
        "ß→ẞ",
        "İi",
        "\u2028\u2029",
        "😀👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "\U0010ffff",
        "\ufffe\uffff",
        "\ue000",
    ),
    *(
        "日本語",
        "العربية",
        "\x01\x02\x1b[31m\x7f",
        "\t\r\n",
        " leading and trailing ",
        "\x85\xa0",
        "null",
        "NaN",
        "0",
        "true",
        "𝟙",
    ),
    *("\\u0000", "\\", '"', "'", "a\\", "{", "[", ",", "x" * 128, "😀" * 128),
)
"""Strings of at most 128 characters; the contract admits every one of them."""


def post(client: LedgerClient, content: bytes | Iterable[bytes], path: str = "/payments", **headers: str) -> httpx.Response:
    sent = {"idempotency-key": KEY, "content-type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return client.http.post(path, content=content, headers=sent)


def payment(client: LedgerClient) -> bytes:
    return json.dumps(bodies.payment(client, client.open_loan())).encode()


def expect_each_refused(client: LedgerClient, refusals: Refusals, code: str, documents: Iterable[bytes]) -> None:
    wrong = []
    with refusals.nothing_written():
        for document in documents:
            try:
                problem_of(post(client, document), code)
            except AssertionError as complaint:
                wrong.append(f"{document[:60]!r}: {complaint}")
    assert not wrong, "\n".join(wrong)


def test_duplicate_keys_are_refused_even_when_they_agree(client: LedgerClient, refusals: Refusals) -> None:
    whole = payment(client)[:-1]
    doubled = (
        b', "amount_minor": "100"}',
        b', "amount_minor": "1"}',
        b', "\\u0061mount_minor": "100"}',
        b', "metadata": {"a": "1", "a": "1"}}',
    )
    expect_each_refused(client, refusals, "malformed_json", [whole + more for more in doubled])


def test_other_encodings_than_utf_8_are_refused(client: LedgerClient, refusals: Refusals) -> None:
    text = payment(client).decode()
    encodings = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp037")
    expect_each_refused(client, refusals, "malformed_json", [text.encode(each) for each in encodings])
    latin = text.replace('"ach"', '"ach", "external_ref": "é"').encode("latin-1")
    expect_each_refused(client, refusals, "malformed_json", [latin])


@pytest.mark.parametrize("depth", [33, 34, 100, 1_000, 10_000])
def test_what_is_nested_too_deep_is_refused(client: LedgerClient, refusals: Refusals, depth: int) -> None:
    whole = payment(client)[:-1] + b', "metadata": @}'
    nested = (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth)
    expect_each_refused(client, refusals, "malformed_json", [whole.replace(b"@", each) for each in nested])


def test_nesting_within_the_limit_is_read_and_then_found_invalid(client: LedgerClient, refusals: Refusals) -> None:
    inner = limits.BODY_DEPTH - 1
    whole = payment(client)[:-1] + b', "metadata": ' + b"[" * inner + b"]" * inner + b"}"
    expect_each_refused(client, refusals, "validation_failed", [whole])


def test_a_body_at_the_limit_is_read_and_one_byte_more_is_too_large(client: LedgerClient, refusals: Refusals) -> None:
    whole = payment(client)
    padded = whole + b" " * (limits.BODY_BYTES - len(whole))
    for content in (padded + b" ", b"x" * (limits.BODY_BYTES + 1), b"[" * (2 * limits.BODY_BYTES)):
        refusals.expect("payload_too_large", post, client, content)
        refusals.expect("payload_too_large", post, client, chunks(content))
    assert post(client, padded).status_code == 201
    assert post(client, chunks(padded)).status_code == 200


def chunks(content: bytes) -> Iterator[bytes]:
    """The content as an iterator, which the client sends chunked, without a length."""
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


def test_a_chunked_body_is_read_like_any_other(client: LedgerClient, refusals: Refusals) -> None:
    whole = payment(client)
    assert post(client, iter([whole[:1], whole[1:50], whole[50:]])).status_code == 201
    assert post(client, whole).status_code == 200
    refusals.expect("malformed_json", post, client, iter([b"{", b'"a"']))


@pytest.mark.parametrize(
    ("length", "code"),
    [
        (b"999999999999", "payload_too_large"),
        (b"65537", "payload_too_large"),
        (b"4194305", "payload_too_large"),
        (b"9" * 30, "validation_failed"),
    ],
)
def test_a_length_beyond_the_limit_is_refused_before_anything_is_sent(
    server: RunningServer, client: LedgerClient, length: bytes, code: str
) -> None:
    """The parser takes a length above 64 bits for invalid HTTP."""
    headers = [*headers_of(client), ("Content-Length", length)]
    problem_of(raw.exchange(server.url, raw.request("POST", "/v1/payments", headers, length=False)), code)


def headers_of(client: LedgerClient) -> list[raw.Header]:
    return [("Authorization", f"Bearer {client.token}"), ("Content-Type", "application/json"), ("Idempotency-Key", KEY)]


def test_an_empty_body_is_malformed(client: LedgerClient, server: RunningServer, refusals: Refusals) -> None:
    refusals.expect("malformed_json", post, client, b"")
    refusals.expect("malformed_json", post, client, iter([]))
    sent = raw.request("POST", "/v1/payments", headers_of(client), length=False)
    refusals.expect("malformed_json", raw.exchange, server.url, sent)


@pytest.mark.parametrize(
    "content_type",
    [
        *("text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"),
        *("application/problem+json", "application/jsonp", "application/json, text/plain", "application", "json", "*/*", "", ";"),
        *(
            "application/json; charset=utf-16",
            "application/json; charset=latin-1",
            "application/json; charset",
            "application/json; =x",
        ),
    ],
)
def test_another_content_type_is_refused(client: LedgerClient, refusals: Refusals, content_type: str) -> None:
    whole = payment(client)
    refusals.expect("unsupported_media_type", post, client, whole, content_type=content_type)


def test_a_missing_or_repeated_content_type_is_refused(client: LedgerClient, server: RunningServer, refusals: Refusals) -> None:
    whole = payment(client)
    others = [header for header in headers_of(client) if header[0] != "Content-Type"]
    for types in (
        [],
        [("Content-Type", "application/json")] * 2,
        [("Content-Type", "application/json"), ("content-type", "text/plain")],
    ):
        sent = raw.request("POST", "/v1/payments", [*others, *types], whole)
        refusals.expect("unsupported_media_type", raw.exchange, server.url, sent)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/json;",
        "application/json ; ; charset=utf-8;",
    ],
)
def test_json_may_be_labelled_in_every_legal_way(client: LedgerClient, content_type: str) -> None:
    assert post(client, payment(client), content_type=content_type).status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip", "x", ""])
def test_a_compressed_body_is_refused(client: LedgerClient, refusals: Refusals, encoding: str) -> None:
    whole = payment(client)
    refusals.expect("unsupported_media_type", post, client, gzip.compress(whole), content_encoding=encoding)


def test_compressed_bytes_without_a_label_are_malformed(client: LedgerClient, refusals: Refusals) -> None:
    refusals.expect("malformed_json", post, client, gzip.compress(b"{}"))


@pytest.mark.parametrize("posting", WITH_TEXTS, ids=str)
def test_hostile_strings_are_kept_and_read_back_unchanged(client: LedgerClient, posting: Posting) -> None:
    loan_id = client.open_loan(1_000_000, day(-1))
    for text in HOSTILE:
        metadata = {"metadata": {text[:40]: text}} if "metadata" in posting.kept else {}
        assert_kept(client, posting, loan_id, dict.fromkeys(posting.longest, text), **metadata)


@pytest.mark.parametrize("posting", WITH_TEXTS, ids=str)
def test_the_longest_texts_are_kept_and_one_character_more_is_refused(
    client: LedgerClient, refusals: Refusals, posting: Posting
) -> None:
    loan_id = client.open_loan(1_000_000, day(-1))
    assert_kept(client, posting, loan_id, {name: "é" * longest for name, longest in posting.longest.items()})
    facts = client.facts_for(posting, loan_id)
    for name, longest in posting.longest.items():
        too_long = {**posting.body(facts), name: "é" * (longest + 1)}
        refusals.expect_each("validation_failed", posting.path_for(facts), [too_long], f"/{name}")


def assert_kept(client: LedgerClient, posting: Posting, loan_id: str, texts: Mapping[str, str], **more: Any) -> None:
    """Posts with these texts, and finds them unchanged in the entry."""
    response = client.send(posting, client.facts_for(posting, loan_id), **texts, **more)
    assert response.status_code == 201, response.text
    entry = client.get(f"/journal-entries/{response.json()['journal_entry_id']}").json()
    assert {name: posting.kept[name](entry) for name in texts} == texts


def test_hostile_strings_are_refused_in_fields_that_take_no_free_text(client: LedgerClient, refusals: Refusals) -> None:
    loan_id = client.open_loan()
    for name in ("loan_id", "borrower_id", "amount_minor", "currency", "effective_at", "source_method"):
        sent = [bodies.payment(client, loan_id, **{name: text}) for text in HOSTILE if text not in ("0", "CON")]
        refusals.expect_each("validation_failed", "/payments", sent, f"/{name}")


def test_hostile_names_of_fields_are_refused(client: LedgerClient, refusals: Refusals) -> None:
    loan_id = client.open_loan()
    refusals.expect_each("validation_failed", "/payments", [bodies.payment(client, loan_id) | {text: "x"} for text in HOSTILE])


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_every_posting_refuses_a_body_that_is_not_an_object(client: LedgerClient, refusals: Refusals, posting: Posting) -> None:
    path = posting.path_for(client.facts(new_id()))
    for content in (b"[]", b"null", b'"x"', b"1", b"true", b"{}"):
        refusals.expect("validation_failed", post, client, content, path)
    for content in (b"", b"{", b"\xff", b'{"a":1,"a":1}'):
        refusals.expect("malformed_json", post, client, content, path)
