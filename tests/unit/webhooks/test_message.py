"""A message is what the contract says, and another party's library verifies its signature."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.webhooks.delivery_store import PendingEntry, SigningSecret
from app.webhooks.endpoint_url import parse_endpoint_url
from app.webhooks.message import MessageWriter, message_body, signatures, traceparent

POSTED_AT = datetime(2026, 11, 22, 21, 40, 15, 123456, tzinfo=UTC)
TENANT = "3f1c9b2e-7d58-4c0a-b6e4-1a2d3c4b5e6f"
ENTRY = PendingEntry(
    "019ac2a5-6d4b-7c3e-8f21-5b0c9d7e1a34", "payment_received", POSTED_AT, "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"
)
URL = parse_endpoint_url("https://receiver.example/hook?a=b", frozenset())
KEYS = SigningSecret(b"1" * 32), SigningSecret(b"2" * 32), SigningSecret(b"3" * 32)


def request(*secrets: SigningSecret, now: datetime, entry: PendingEntry = ENTRY) -> tuple[list[str], dict[str, str], bytes]:
    head, _, body = MessageWriter(TENANT, URL, "HPTS/1.0.0").request(entry, secrets, now).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first.split(" "), dict(line.split(": ", 1) for line in lines), body


def test_the_body_is_the_event_of_the_contract() -> None:
    assert message_body(TENANT, ENTRY) == (
        b'{"journal_entry_id":"019ac2a5-6d4b-7c3e-8f21-5b0c9d7e1a34","tenant_id":"3f1c9b2e-7d58-4c0a-b6e4-1a2d3c4b5e6f",'
        b'"event_type":"payment_received","occurred_at":"2026-11-22T21:40:15.123456Z",'
        b'"correlation_id":"4bf92f35-77b3-4da6-a3ce-929d0e0e4736"}'
    )


def test_the_request_and_its_headers() -> None:
    now = datetime(2026, 11, 22, 21, 40, 16, 999999, tzinfo=UTC)
    first, headers, body = request(KEYS[0], now=now)
    assert first == ["POST", "/hook?a=b", "HTTP/1.1"]
    assert headers["host"] == "receiver.example"
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(body))
    assert headers["user-agent"] == "HPTS/1.0.0"
    assert headers["webhook-id"] == ENTRY.journal_entry_id
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert headers["traceparent"].split("-")[:2] == ["00", "4bf92f3577b34da6a3ce929d0e0e4736"]


def test_each_secret_that_is_valid_signs() -> None:
    now = datetime.now(UTC)
    previous = SigningSecret(KEYS[1].key, now + timedelta(seconds=1))
    expired = SigningSecret(KEYS[2].key, now)
    _, headers, body = request(KEYS[0], previous, expired, now=now)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for key in KEYS[:2]:
        Webhook(key.key).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(KEYS[2].key).verify(body, headers)


def test_a_message_that_was_changed_is_not_verified() -> None:
    _, headers, body = request(KEYS[0], now=datetime.now(UTC))
    for changed in ({"webhook-id": "another"}, {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(KEYS[0].key).verify(body, headers | changed)
    with pytest.raises(WebhookVerificationError):
        Webhook(KEYS[0].key).verify(body.replace(b"payment", b"paymant"), headers)


def test_the_signature_is_that_of_the_standards_example() -> None:
    secret = SigningSecret(Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")._whsecret)
    signed = signatures(
        [secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_attempt_has_a_span_of_its_own_in_the_trace_of_the_posting() -> None:
    one, other = traceparent(ENTRY.correlation_id or ""), traceparent(ENTRY.correlation_id or "")
    assert one != other
    assert one[:36] == other[:36]


def test_an_entry_without_a_correlation_id_has_no_trace() -> None:
    entry = PendingEntry(ENTRY.journal_entry_id, ENTRY.event_type, POSTED_AT, None)
    _, headers, body = request(KEYS[0], now=POSTED_AT, entry=entry)
    assert "traceparent" not in headers
    assert b"correlation_id" not in body
