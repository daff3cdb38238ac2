"""An operation from end to end: what its handler is given, what becomes of its answer, and what is checked first."""

import json
from typing import Any

import pytest

from app.edge.call import Answer
from tests.unit.auth.tokens import TENANT, token
from tests.unit.edge.support import LOAN, PAYMENT, POSTED, TYPED_PAYMENT, Edge, http_scope, send_request

BALANCE_PATH = f"/v1/loans/{LOAN}/balance"


async def test_a_handler_is_given_all_it_needs(edge: Edge) -> None:
    await edge.post()
    [call] = edge.handlers.calls
    assert (call.operation_id, call.tenant_id, call.body) == ("postPayment", TENANT, TYPED_PAYMENT)
    assert (len(call.request_hash), call.parameters) == (32, {})


async def test_the_bytes_of_an_answer_are_sent_as_they_are(edge: Edge) -> None:
    stored = json.dumps(POSTED, indent=3).encode()
    edge.handlers.answers["postPayment"] = Answer(200, stored, ((b"idempotency-replayed", b"true"),))
    reply = await edge.post()
    assert (reply.status, reply.body, reply.header("idempotency-replayed")) == (200, stored, "true")
    assert reply.header("content-length") == str(len(stored))
    assert reply.header("content-type") == "application/json"
    assert reply.header("cache-control") == "no-store"


async def hash_of(edge: Edge, body: Any, path: str = "/v1/payments") -> bytes:
    edge.handlers.answers["postFee"] = Answer(201, {})
    await edge.post(body, path=path)
    return edge.handlers.calls[-1].request_hash


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


async def test_ids_in_upper_case_in_the_body_are_the_same_request(edge: Edge) -> None:
    shouted = {name: value.upper() if name.endswith("_id") else value for name, value in PAYMENT.items()}
    assert shouted != PAYMENT
    assert await hash_of(edge, shouted) == await hash_of(edge, PAYMENT)
    assert edge.handlers.calls[0].body == TYPED_PAYMENT


async def test_the_hash_of_a_request_stays_the_same_over_releases(edge: Edge) -> None:
    """A key that an earlier release has stored must be found to be the same request by the next one."""
    assert (await hash_of(edge, PAYMENT)).hex() == "47cd2f701dca8e408d8dfcf856d4f51f3294c3fd0b0a99e10beaaf09d139712d"


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
    assert not edge.handlers.calls


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


async def test_no_credentials_are_a_challenge_without_an_error_code(edge: Edge) -> None:
    reply = await edge.get(BALANCE_PATH, without="authorization")
    assert (reply.status, reply.code) == (401, "unauthenticated")
    assert reply.header("www-authenticate") == 'Bearer realm="hpts"'


@pytest.mark.parametrize("header", [b"", b"Basic ZGVtbzpkZW1v", b"Digest x", b"DPoP x", b"Bearerx", b"\xff"])
async def test_another_scheme_is_no_bearer_token(edge: Edge, header: bytes) -> None:
    reply = await edge.get(BALANCE_PATH, (b"authorization", header), without="authorization")
    assert (reply.status, reply.code) == (401, "unauthenticated")


@pytest.mark.parametrize("header", [b"Bearer", b"Bearer ", b"Bearer x", b"bearer a.b.c", b"Bearer \xff"])
async def test_a_bad_token_is_a_challenge_that_says_so(edge: Edge, header: bytes) -> None:
    reply = await edge.get(BALANCE_PATH, (b"authorization", header), without="authorization")
    assert (reply.status, reply.code) == (401, "invalid_token")
    assert (reply.header("www-authenticate") or "").startswith('Bearer realm="hpts", error="invalid_token", error_description="')


async def test_a_doubled_authorization_is_an_invalid_token(edge: Edge) -> None:
    assert (await edge.get(BALANCE_PATH)).status == 200
    reply = await edge.get(BALANCE_PATH, (b"authorization", f"Bearer {edge.bearer}".encode()))
    assert (reply.status, reply.code) == (401, "invalid_token")


async def test_the_scheme_is_matched_in_any_case(edge: Edge) -> None:
    for scheme in ("bearer", "BEARER", "BeArEr"):
        reply = await edge.get(BALANCE_PATH, (b"authorization", f"{scheme} {edge.bearer}".encode()), without="authorization")
        assert reply.status == 200


async def test_a_missing_scope_is_named(edge: Edge) -> None:
    bearer = (b"authorization", f"Bearer {token(scope='hpts:payments:write')}".encode())
    reply = await edge.get(BALANCE_PATH, bearer, without="authorization")
    assert (reply.status, reply.code) == (403, "insufficient_scope")
    assert reply.header("www-authenticate") == 'Bearer realm="hpts", error="insufficient_scope", scope="hpts:balances:read"'
    assert not edge.handlers.calls


async def test_liveness_takes_no_token(edge: Edge) -> None:
    reply = await edge.get("/v1/health/live", without="authorization")
    assert (reply.status, edge.handlers.calls[0].caller) == (200, None)


async def test_liveness_overlooks_what_a_probe_adds(edge: Edge) -> None:
    assert (await edge.get("/v1/health/live", query=b"probe=1", without="authorization")).status == 200
