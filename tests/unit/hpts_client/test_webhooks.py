"""Webhooks are taken when a secret signed exactly them, lately; the signatures are made by another party's package."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from standardwebhooks import Webhook

from hpts_client import WebhookRefused, WebhookVerifier
from tests.unit.hpts_client.support import ENTRY_ID, NOW

SECRET: Final = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER: Final = "whsec_" + base64.b64encode(bytes(32)).decode()
EVENT: Final = {
    "journal_entry_id": ENTRY_ID,
    "tenant_id": "3f1c9b2e-7d58-4c0a-b6e4-1a2d3c4b5e6f",
    "event_type": "payment_received",
    "occurred_at": "2026-11-22T21:40:15.123456Z",
}
BODY: Final = json.dumps(EVENT).encode()


def signature(secret: str = SECRET, at: float = NOW, body: bytes = BODY, identifier: str = ENTRY_ID) -> str:
    return Webhook(secret).sign(identifier, datetime.fromtimestamp(at, UTC), body.decode())


def headers(signatures: str | None = None, at: float = NOW, **replaced: str) -> dict[str, str]:
    signed = signature(at=at) if signatures is None else signatures
    named = {"webhook_id": ENTRY_ID, "webhook_timestamp": f"{at:.0f}", "webhook_signature": signed} | replaced
    return {name.replace("_", "-"): value for name, value in named.items()}


def verifier(*secrets: str, **options: Any) -> WebhookVerifier:
    return WebhookVerifier(*(secrets or (SECRET,)), now=lambda: NOW, **options)


def test_what_another_party_s_package_signed_is_taken_and_typed() -> None:
    event = verifier().verify(headers(), BODY)
    assert str(event.journal_entry_id) == ENTRY_ID
    assert (event.event_type, event.occurred_at.year) == ("payment_received", 2026)


def test_the_signature_is_that_of_the_standard() -> None:
    signed = hmac.digest(bytes(range(32)), f"{ENTRY_ID}.{NOW:.0f}.".encode() + BODY, hashlib.sha256)
    assert verifier().verify(headers(f"v1,{base64.b64encode(signed).decode()}"), BODY)


def test_names_of_headers_have_no_case() -> None:
    assert verifier().verify({name.title(): value for name, value in headers().items()}, BODY)


@pytest.mark.parametrize(
    "signatures",
    [
        f"{signature(OTHER)} {signature()}",
        f"{signature()} {signature(OTHER)}",
        f"v1a,AAAA v2,{signature()[3:]} {signature()}",
    ],
)
def test_one_of_several_signatures_is_enough(signatures: str) -> None:
    assert verifier().verify(headers(signatures), BODY)


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_both_secrets_are_taken_while_one_is_rotated(secret: str) -> None:
    assert verifier(OTHER, SECRET).verify(headers(signature(secret)), BODY)


@pytest.mark.parametrize(
    "signatures",
    [
        signature(OTHER),
        signature(at=NOW + 1),
        signature(body=BODY + b" "),
        signature(identifier="another"),
        signature()[3:],
        f"v2,{signature()[3:]}",
        f"v1a,{signature()[3:]}",
        f"V1,{signature()[3:]}",
        f"v1{signature()[3:]}",
        signature()[:-1],
        signature() + "=",
        "v1,",
        "v1",
        ",",
        "v1,\ud800",
        "v1,ä",
        signature().replace(",", ", "),
    ],
)
def test_no_other_signature_is_enough(signatures: str) -> None:
    with pytest.raises(WebhookRefused, match="no signature fits"):
        verifier().verify(headers(signatures), BODY)


@pytest.mark.parametrize("body", [BODY + b"\n", BODY[:-1], BODY.replace(b"payment_received", b"accrual"), b"", b"\xff"])
def test_another_body_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookRefused):
        verifier().verify(headers(), body)


@pytest.mark.parametrize("name", ["webhook_id", "webhook_timestamp", "webhook_signature"])
def test_an_absent_or_empty_header_is_named(name: str) -> None:
    given = headers() | {name.replace("_", "-"): ""}
    with pytest.raises(WebhookRefused, match=name.replace("_", "-")):
        verifier().verify(given, BODY)
    with pytest.raises(WebhookRefused, match=name.replace("_", "-")):
        verifier().verify({each: value for each, value in given.items() if value}, BODY)


@pytest.mark.parametrize("age_seconds", [-300, 0, 300])
def test_a_time_within_the_tolerance_is_taken(age_seconds: int) -> None:
    assert verifier().verify(headers(at=NOW - age_seconds), BODY)


@pytest.mark.parametrize("age_seconds", [-301, 301, 86_400, -86_400])
def test_a_time_outside_the_tolerance_is_refused_however_it_is_signed(age_seconds: int) -> None:
    with pytest.raises(WebhookRefused, match="seconds old"):
        verifier().verify(headers(at=NOW - age_seconds), BODY)


def test_the_tolerance_can_be_chosen() -> None:
    assert verifier(tolerance_seconds=86_400).verify(headers(at=NOW - 86_400), BODY)


@pytest.mark.parametrize(
    "timestamp", ["now", "1.8e9", "-1800000000", "+1800000000", " 1800000000", "1800000000.0", "٣", "9" * 5000]
)
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(WebhookRefused, match="not a number of seconds"):
        verifier().verify(headers(webhook_timestamp=timestamp), BODY)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b"{", b'{"journal_entry_id": "1"}'])
def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookRefused, match="not an event"):
        verifier().verify(headers(signature(body=body)), body)


@pytest.mark.parametrize("secret", ["", "whsec_", SECRET.removeprefix("whsec_"), "whsec_!!!", "whsec_abc", "whsec_ä"])
def test_a_secret_of_another_form_is_told_at_once(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_ followed by base64"):
        WebhookVerifier(SECRET, secret)


def test_a_verifier_without_a_secret_would_take_nothing() -> None:
    with pytest.raises(ValueError, match="needs a secret"):
        WebhookVerifier()
