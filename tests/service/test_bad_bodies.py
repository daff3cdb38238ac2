"""Bodies that are no JSON, too deep, too large, wrongly labelled or hostile: refused cleanly, or kept exactly as they came."""

import gzip
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import httpx
import pytest

from app import limits
from tests.support import bodies, raw
from tests.support.bodies import day
from tests.support.client import LedgerClient, new_id
from tests.support.problems import problem_of
from tests.support.refusals import Refusals
from tests.support.server import RunningServer

KEY: Final = "bad-body:00000001"
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


def each_refused(client: LedgerClient, refused: Refusals, code: str, documents: Iterable[bytes]) -> None:
    wrong = []
    with refused.nothing_written():
        for document in documents:
            try:
                problem_of(post(client, document), code)
            except AssertionError as complaint:
                wrong.append(f"{document[:60]!r}: {complaint}")
    assert not wrong, "\n".join(wrong)


def test_duplicate_keys_are_refused_even_when_they_agree(client: LedgerClient, refused: Refusals) -> None:
    whole = payment(client)[:-1]
    doubled = (
        b', "amount_minor": "100"}',
        b', "amount_minor": "1"}',
        b', "\\u0061mount_minor": "100"}',
        b', "metadata": {"a": "1", "a": "1"}}',
    )
    each_refused(client, refused, "malformed_json", [whole + more for more in doubled])


def test_other_encodings_than_utf_8_are_refused(client: LedgerClient, refused: Refusals) -> None:
    text = payment(client).decode()
    encodings = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp037")
    each_refused(client, refused, "malformed_json", [text.encode(each) for each in encodings])
    latin = text.replace('"ach"', '"ach", "external_ref": "é"').encode("latin-1")
    each_refused(client, refused, "malformed_json", [latin])


@pytest.mark.parametrize("depth", [33, 34, 100, 1_000, 100_000])
def test_what_is_nested_too_deep_is_refused(client: LedgerClient, refused: Refusals, depth: int) -> None:
    whole = payment(client)[:-1] + b', "metadata": @}'
    nested = (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth)
    each_refused(client, refused, "malformed_json", [whole.replace(b"@", each) for each in nested])


def test_nesting_within_the_limit_is_only_not_valid(client: LedgerClient, refused: Refusals) -> None:
    inner = limits.BODY_DEPTH - 1
    whole = payment(client)[:-1] + b', "metadata": ' + b"[" * inner + b"]" * inner + b"}"
    each_refused(client, refused, "validation_failed", [whole])


def test_a_body_at_the_limit_is_read_and_one_byte_more_is_too_large(client: LedgerClient, refused: Refusals) -> None:
    whole = payment(client)
    padded = whole + b" " * (limits.BODY_BYTES - len(whole))
    for content in (padded + b" ", b"x" * (limits.BODY_BYTES + 1), b"[" * (2 * limits.BODY_BYTES)):
        refused("payload_too_large", post, client, content)
        refused("payload_too_large", post, client, chunks(content))
    assert post(client, padded).status_code == 201
    assert post(client, chunks(padded)).status_code == 200


def chunks(content: bytes) -> Iterator[bytes]:
    """The content without its length, so that it is sent chunked."""
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


def test_a_chunked_body_is_read_like_any_other(client: LedgerClient, refused: Refusals) -> None:
    whole = payment(client)
    assert post(client, iter([whole[:1], whole[1:50], whole[50:]])).status_code == 201
    assert post(client, whole).status_code == 200
    refused("malformed_json", post, client, iter([b"{", b'"a"']))


@pytest.mark.parametrize(
    ("length", "code"),
    [(b"999999999999", "payload_too_large"), (b"4194305", "payload_too_large"), (b"9" * 30, "validation_failed")],
)
def test_a_length_beyond_the_limit_is_refused_before_anything_is_sent(
    server: RunningServer, client: LedgerClient, length: bytes, code: str
) -> None:
    """One beyond 64 bits is no length to the parser: not HTTP."""
    headers = [*authorized(client), ("Content-Length", length)]
    problem_of(raw.exchange(server.url, raw.request("POST", "/v1/payments", headers, length=False)), code)


def authorized(client: LedgerClient) -> list[raw.Header]:
    return [("Authorization", f"Bearer {client.token}"), ("Content-Type", "application/json"), ("Idempotency-Key", KEY)]


def test_an_empty_body_is_malformed(client: LedgerClient, server: RunningServer, refused: Refusals) -> None:
    refused("malformed_json", post, client, b"")
    refused("malformed_json", post, client, iter([]))
    sent = raw.request("POST", "/v1/payments", authorized(client), length=False)
    refused("malformed_json", raw.exchange, server.url, sent)


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
def test_another_content_type_is_refused(client: LedgerClient, refused: Refusals, content_type: str) -> None:
    whole = payment(client)
    refused("unsupported_media_type", post, client, whole, content_type=content_type)


def test_a_missing_or_doubled_content_type_is_refused(client: LedgerClient, server: RunningServer, refused: Refusals) -> None:
    whole = payment(client)
    others = [header for header in authorized(client) if header[0] != "Content-Type"]
    for types in (
        [],
        [("Content-Type", "application/json")] * 2,
        [("Content-Type", "application/json"), ("content-type", "text/plain")],
    ):
        sent = raw.request("POST", "/v1/payments", [*others, *types], whole)
        refused("unsupported_media_type", raw.exchange, server.url, sent)


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json;charset=utf-8", 'application/json; charset="UTF-8"'],
)
def test_json_may_be_labelled_in_every_legal_way(client: LedgerClient, content_type: str) -> None:
    assert post(client, payment(client), content_type=content_type).status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip", "x", ""])
def test_a_compressed_body_is_refused(client: LedgerClient, refused: Refusals, encoding: str) -> None:
    whole = payment(client)
    refused("unsupported_media_type", post, client, gzip.compress(whole), content_encoding=encoding)


def test_compressed_bytes_without_a_label_are_malformed(client: LedgerClient, refused: Refusals) -> None:
    refused("malformed_json", post, client, gzip.compress(b"{}"))


def test_hostile_strings_are_kept_and_read_back_unchanged(client: LedgerClient) -> None:
    loan_id = client.open_loan(1_000_000, day(-1))
    for text in HOSTILE:
        payment_entry = posted(client.pay(loan_id, 1, external_ref=text, metadata={text[:40]: text}), client)
        fee_entry = posted(client.fee(loan_id, 1, description=text), client)
        reversal_entry = posted(client.reverse(fee_entry["journal_entry_id"], reason_description=text), client)
        opening_entry = posted(client.disburse(loan_id, 1, destination_ref=text), client)
        assert {line["external_ref"] for entry in (payment_entry, opening_entry) for line in entry["lines"]} == {text}
        assert (fee_entry["description"], reversal_entry["description"]) == (text, text)


def posted(response: httpx.Response, client: LedgerClient) -> dict[str, Any]:
    """The entry, read back."""
    assert response.status_code == 201, response.text
    entry: dict[str, Any] = client.get(f"/journal-entries/{response.json()['journal_entry_id']}").json()
    return entry


def test_hostile_strings_in_fields_of_a_closed_kind_do_not_validate(client: LedgerClient, refused: Refusals) -> None:
    loan_id = client.open_loan()
    for name in ("loan_id", "borrower_id", "amount_minor", "currency", "effective_at", "source_method"):
        sent = [bodies.payment(client, loan_id, **{name: text}) for text in HOSTILE if text not in ("0", "CON")]
        refused.each("validation_failed", "/payments", sent, f"/{name}")


def test_hostile_names_of_fields_are_named_and_refused(client: LedgerClient, refused: Refusals) -> None:
    loan_id = client.open_loan()
    refused.each("validation_failed", "/payments", [bodies.payment(client, loan_id) | {text: "x"} for text in HOSTILE])


@pytest.mark.parametrize("path", ["/payments", "/disbursements", "/accruals/batch", "/reversals", f"/loans/{new_id()}/fees"])
def test_every_posting_refuses_what_is_no_object(client: LedgerClient, refused: Refusals, path: str) -> None:
    for content in (b"[]", b"null", b'"x"', b"1", b"true", b"{}"):
        refused("validation_failed", post, client, content, path)
    for content in (b"", b"{", b"\xff", b'{"a":1,"a":1}'):
        refused("malformed_json", post, client, content, path)
