"""The strict reader of bodies, alone and behind POST /payments: whatever is sent, the answer is never a 500."""

import json
from typing import Any

import pytest

from app import limits
from app.edge.asgi_types import Message
from app.edge.json_body import check_depth, parse_json
from app.edge.refusals import MalformedJson
from tests.corpora.json_documents import INVALID, MALFORMED, OPEN_READ, OPEN_REFUSED, READABLE, VALID, Rules, short_name
from tests.unit.edge.support import PAYMENT, TYPED_PAYMENT, Edge, http_scope, send_request


def each(rules: Rules) -> list[bytes]:
    return [document for documents in rules.values() for document in documents]


def test_the_corpus_is_larger_than_the_one_that_readers_of_json_are_known_by() -> None:
    """JSONTestSuite has 95 documents to be read, 188 to be refused, and 35 that are left to the reader."""
    assert len(each(VALID)) >= 95
    assert len(each(INVALID)) >= 188
    assert len(each(OPEN_READ) + each(OPEN_REFUSED)) >= 35
    assert len(MALFORMED + READABLE) == len({*MALFORMED, *READABLE})


def no_constant(name: str) -> None:
    raise ValueError(name)


def test_another_reader_agrees_wherever_the_standard_speaks() -> None:
    for document in each(VALID):
        json.loads(document.decode(), parse_constant=no_constant)
    for document in each(INVALID):
        with pytest.raises(ValueError):
            json.loads(document.decode(), parse_constant=no_constant)


@pytest.mark.parametrize("document", READABLE, ids=short_name)
def test_a_json_text_is_read(document: bytes) -> None:
    value = parse_json(document)
    check_depth(value)
    assert value == json.loads(document)


@pytest.mark.parametrize("document", MALFORMED, ids=short_name)
def test_anything_else_is_refused_in_a_few_words(document: bytes) -> None:
    with pytest.raises(MalformedJson) as refused:
        check_depth(parse_json(document))
    assert len(refused.value.detail) < 250


@pytest.mark.parametrize("document", MALFORMED, ids=short_name)
async def test_a_malformed_body_is_a_400(edge: Edge, document: bytes) -> None:
    reply = await edge.post(document)
    assert (reply.status, reply.code) == (400, "malformed_json")
    assert not edge.handlers.calls


@pytest.mark.parametrize("document", READABLE, ids=short_name)
async def test_a_body_that_is_no_payment_is_a_400(edge: Edge, document: bytes) -> None:
    reply = await edge.post(document)
    assert (reply.status, reply.code) == (400, "validation_failed")
    assert reply.json["errors"]
    assert not edge.handlers.calls


@pytest.mark.parametrize("document", READABLE, ids=short_name)
@pytest.mark.parametrize("field", ["amount_minor", "metadata", "external_ref"])
async def test_a_field_of_the_wrong_kind_is_a_400(edge: Edge, field: str, document: bytes) -> None:
    if isinstance(json.loads(document), str | dict) and field != "amount_minor":
        return
    body = b"{%s,%s" % (json.dumps({field: 0})[1:-4].encode() + b": " + document, json.dumps(without(field))[1:].encode())
    reply = await edge.post(body)
    assert reply.status == 400
    assert not edge.handlers.calls


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in PAYMENT.items() if name != field}


def test_the_place_of_the_fault_is_told() -> None:
    with pytest.raises(MalformedJson, match="expected value at line 3 column 8"):
        parse_json(b'{\n  "a": 1,\n  "b": x}')


def test_a_duplicate_key_is_quoted_no_longer_than_it_takes_to_find_it() -> None:
    key = b"k" * 10_000
    with pytest.raises(MalformedJson) as refused:
        parse_json(b'{"%s":1,"%s":2}' % (key, key))
    assert 'duplicate key "kkk' in refused.value.detail
    assert len(refused.value.detail) < 250


def test_depth_is_counted_in_containers_and_not_in_brackets() -> None:
    check_depth([{"a": []} for _ in range(10_000)])


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"Application/JSON",
        b"application/json; charset=utf-8",
        b"application/json;charset=UTF-8",
        b'application/json; charset="utf-8"',
        b"application/json ; a=b; charset=utf-8",
    ],
)
async def test_json_in_utf_8_is_the_media_type(edge: Edge, content_type: bytes) -> None:
    reply = await edge.post(None, (b"content-type", content_type), without="content-type")
    assert reply.status == 201


@pytest.mark.parametrize(
    "content_type",
    [
        b"",
        b"text/plain",
        b"text/json",
        b"application/jsonp",
        b"application/json-patch+json",
        b"application/problem+json",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"application/json, application/json",
        b"application/json; charset=utf-16",
        b"application/json; charset=latin-1",
        b"application/json; charset",
        b"\xff",
    ],
)
async def test_any_other_media_type_is_a_415(edge: Edge, content_type: bytes) -> None:
    reply = await edge.post(None, (b"content-type", content_type), without="content-type")
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


async def test_a_missing_media_type_is_a_415(edge: Edge) -> None:
    reply = await edge.post(None, without="content-type")
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


async def test_a_doubled_media_type_is_a_415(edge: Edge) -> None:
    reply = await edge.post(None, (b"content-type", b"application/json"))
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"identity, gzip", b"", b"nonsense"])
async def test_an_encoded_body_is_a_415(edge: Edge, encoding: bytes) -> None:
    reply = await edge.post(None, (b"content-encoding", encoding))
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


async def test_the_identity_encoding_is_none(edge: Edge) -> None:
    assert (await edge.post(None, (b"content-encoding", b"Identity"))).status == 201


def test_the_depth_limit_is_the_one_of_the_corpus() -> None:
    assert limits.BODY_DEPTH == 32


BATCH = "/v1/accruals/batch"


@pytest.mark.parametrize(
    ("path", "length"),
    [
        *(("/v1/payments", length) for length in (str(limits.BODY_BYTES + 1).encode(), b"9" * 30, b"-1", b"", b"1e3", b"\xb2")),
        (BATCH, str(limits.LARGEST_BODY_BYTES + 1).encode()),
    ],
)
async def test_a_body_announced_too_large_is_a_413_before_it_is_read(edge: Edge, path: str, length: bytes) -> None:
    async def receive() -> Message:
        raise AssertionError("the body is not asked for")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await edge.app(http_scope("POST", path, edge.headers((b"content-length", length))), receive, send)
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]


@pytest.mark.parametrize(("path", "limit"), [("/v1/payments", limits.BODY_BYTES), (BATCH, limits.LARGEST_BODY_BYTES)])
async def test_a_chunked_body_is_counted(edge: Edge, path: str, limit: int) -> None:
    chunk = b" " * (limit // 4)
    reply = await send_request(edge.app, http_scope("POST", path, edge.headers()), *[chunk] * 4, b"{}")
    assert (reply.status, reply.code) == (413, "payload_too_large")
    assert f"{limit} bytes" in reply.json["detail"]


async def test_a_chunked_body_within_the_limit_is_read_completely(edge: Edge) -> None:
    text = json.dumps(PAYMENT).encode()
    chunks = [text[start : start + 7] for start in range(0, len(text), 7)]
    reply = await send_request(edge.app, http_scope("POST", "/v1/payments", edge.headers()), *chunks)
    assert reply.status == 201
    assert edge.handlers.calls[0].body == TYPED_PAYMENT


async def test_a_body_of_exactly_the_limit_is_read(edge: Edge) -> None:
    assert (await edge.post(json.dumps(PAYMENT).encode().ljust(limits.BODY_BYTES))).status == 201
    assert (await edge.post(b"{}".ljust(limits.LARGEST_BODY_BYTES), path=BATCH)).code == "validation_failed"


async def test_a_client_that_leaves_is_answered_nothing(edge: Edge) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await edge.app(http_scope("POST", "/v1/payments", edge.headers()), receive, send)
    assert not sent
    assert not edge.handlers.calls


@pytest.mark.parametrize(
    "content_type", [b"application/json;", b"application/json; ;charset=utf-8", b'application/json;charset="utf\\-8" ;x="a;b"']
)
async def test_a_parameter_of_the_content_type_may_be_missing_or_quoted(edge: Edge, content_type: bytes) -> None:
    assert (await edge.post(None, (b"content-type", content_type), without="content-type")).status == 201
