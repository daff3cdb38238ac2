"""An operation from end to end: what its handler is given, what becomes of its answer, and what is checked first."""

import json
from typing import Any

import pytest

from app.edge.call import Answer
from tests.unit.edge.support import LOAN, PAYMENT, POSTED, Edge, http_scope, send_request
from tests.unit.edge.tokens import TENANT, token


async def test_a_handler_is_given_all_it_needs(edge: Edge) -> None:
    await edge.post()
    [call] = edge.desk.calls
    assert (call.operation_id, call.tenant_id, call.body) == ("postPayment", TENANT, PAYMENT)
    assert (len(call.request_hash), call.parameters) == (32, {})


async def test_the_bytes_of_an_answer_are_sent_as_they_are(edge: Edge) -> None:
    stored = json.dumps(POSTED, indent=3).encode()
    edge.desk.answers["postPayment"] = Answer(200, stored, ((b"idempotency-replayed", b"true"),))
    reply = await edge.post()
    assert (reply.status, reply.body, reply.header("idempotency-replayed")) == (200, stored, "true")
    assert reply.header("content-length") == str(len(stored))
    assert reply.header("content-type") == "application/json"
    assert reply.header("cache-control") == "no-store"


async def hash_of(edge: Edge, body: Any, path: str = "/v1/payments") -> bytes:
    edge.desk.answers["postFee"] = Answer(201, {})
    await edge.post(body, path=path)
    return edge.desk.calls[-1].request_hash


async def test_the_hash_is_of_the_data_and_not_of_its_spelling(edge: Edge) -> None:
    plain = await hash_of(edge, PAYMENT)
    turned = dict(reversed([*PAYMENT.items(), ("metadata", {"b": "é", "a": "1"})]))
    assert await hash_of(edge, json.dumps(PAYMENT, indent=2).encode()) == plain
    assert await hash_of(edge, turned) == await hash_of(edge, PAYMENT | {"metadata": {"a": "1", "b": "\u00e9"}})
    assert await hash_of(edge, turned) != plain


async def test_another_payload_or_path_is_another_request(edge: Edge) -> None:
    fee = {"amount_minor": "1", "currency": "USD", "effective_at": "2026-02-28", "description": "late"}
    other = LOAN.replace("0001", "0009")
    hashes = {
        await hash_of(edge, PAYMENT),
        await hash_of(edge, PAYMENT | {"amount_minor": "88848"}),
        await hash_of(edge, fee, f"/v1/loans/{LOAN}/fees"),
        await hash_of(edge, fee, f"/v1/loans/{other}/fees"),
    }
    assert len(hashes) == 4


async def test_a_loan_in_upper_case_in_the_path_is_the_same_request(edge: Edge) -> None:
    fee = {"amount_minor": "1", "currency": "USD", "effective_at": "2026-02-28", "description": "late"}
    lower = await hash_of(edge, fee, f"/v1/loans/{LOAN}/fees")
    assert await hash_of(edge, fee, f"/v1/loans/{LOAN.upper()}/fees") == lower


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount_minor": "01"}, "/amount_minor"),
        ({"amount_minor": "-1"}, "/amount_minor"),
        ({"amount_minor": ""}, "/amount_minor"),
        ({"amount_minor": "1\n"}, "/amount_minor"),
        ({"amount_minor": 1}, "/amount_minor"),
        ({"amount_minor": 1.0}, "/amount_minor"),
        ({"amount_minor": "1.0"}, "/amount_minor"),
        ({"amount_minor": "1" * 20}, "/amount_minor"),
        ({"amount_minor": "１"}, "/amount_minor"),
        ({"amount_minor": None}, "/amount_minor"),
        ({"effective_at": "2026-02-30"}, "/effective_at"),
        ({"effective_at": "20260228"}, "/effective_at"),
        ({"effective_at": "0000-02-28"}, "/effective_at"),
        ({"loan_id": LOAN.replace("-", "")}, "/loan_id"),
        ({"currency": "usd"}, "/currency"),
        ({"source_method": "barter"}, "/source_method"),
        ({"external_ref": "x" * 129}, "/external_ref"),
        ({"external_ref": "a\x00b"}, "/external_ref"),
        ({"metadata": {"a": 1}}, "/metadata/a"),
        ({"metadata": {"x" * 41: "1"}}, None),
        ({"metadata": {str(number): "" for number in range(51)}}, "/metadata"),
        ({"surprise": 1}, "/surprise"),
    ],
)
async def test_a_wrong_field_is_named(edge: Edge, changed: dict[str, Any], field: str | None) -> None:
    reply = await edge.post(PAYMENT | changed)
    assert (reply.status, reply.code) == (400, "validation_failed")
    assert field is None or field in reply.fields
    assert not edge.desk.calls


@pytest.mark.parametrize("name", sorted(PAYMENT))
async def test_a_missing_field_is_named(edge: Edge, name: str) -> None:
    reply = await edge.post({key: value for key, value in PAYMENT.items() if key != name})
    assert (reply.status, reply.code, reply.fields) == (400, "validation_failed", {f"/{name}"})


async def test_the_first_thing_that_is_wrong_is_the_one_that_is_told(edge: Edge) -> None:
    """Each request repairs what the one before was refused for."""
    poor = (b"authorization", f"Bearer {token(scope='hpts:loans:read')}".encode())
    good = (b"authorization", f"Bearer {edge.bearer}".encode())
    html, key, json_type = (b"accept", b"text/html"), (b"idempotency-key", b"payment:1"), (b"content-type", b"application/json")
    steps: list[tuple[str, str, list[tuple[bytes, bytes]], str]] = [
        ("POST", "/v1/nowhere", [html], "not_found"),
        ("GET", "/v1/payments", [html], "method_not_allowed"),
        ("POST", "/v1/payments", [html], "not_acceptable"),
        ("POST", "/v1/payments", [], "unauthenticated"),
        ("POST", "/v1/payments", [poor], "insufficient_scope"),
        ("POST", "/v1/payments", [good], "idempotency_key_missing"),
        ("POST", "/v1/payments", [good, key], "unsupported_media_type"),
        ("POST", "/v1/payments", [good, key, json_type], "malformed_json"),
    ]
    for method, path, headers, code in steps:
        assert (await send_request(edge.app, http_scope(method, path, headers), b"{")).code == code
