"""One webhook as it is sent: the body of the contract, signed as Standard Webhooks 1.0 has it, as an HTTP/1.1 request.

The body of an entry is the same bytes in every attempt, so that a receiver may compare repeats; time and signature are those of
the attempt.
"""

import hmac
import os
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import orjson

from app import clock
from app.webhooks.delivery_store import PendingEntry, SigningSecret
from app.webhooks.endpoint_url import EndpointUrl


def message_body(tenant_id: str, entry: PendingEntry) -> bytes:
    """JournalEntryPosted of the contract."""
    body = {
        "journal_entry_id": entry.journal_entry_id,
        "tenant_id": tenant_id,
        "event_type": entry.event_type,
        "occurred_at": clock.timestamp(entry.posted_at),
    }
    if entry.correlation_id is not None:
        body["correlation_id"] = entry.correlation_id
    return orjson.dumps(body)


def signatures(secrets: Sequence[SigningSecret], message_id: str, now: datetime, body: bytes) -> str:
    """One for each secret that is valid now, with spaces between."""
    content = b"%s.%d.%s" % (message_id.encode(), int(now.timestamp()), body)
    valid = [secret.key for secret in secrets if secret.expires_at is None or secret.expires_at > now]
    return " ".join(f"v1,{b64encode(hmac.digest(key, content, sha256)).decode()}" for key in valid)


def traceparent(correlation_id: str) -> str:
    """The trace of the request that posted, which the attempt goes on with a span of its own."""
    return f"00-{correlation_id.replace('-', '')}-{os.urandom(8).hex()}-01"


class MessageWriter:
    """Writes the requests to one endpoint; what is the same in all of them is made once."""

    def __init__(self, tenant_id: str, url: EndpointUrl, user_agent: str) -> None:
        self._tenant_id = tenant_id
        self._head = (
            f"POST {url.target} HTTP/1.1\r\nhost: {url.host_header}\r\nuser-agent: {user_agent}\r\n"
            "accept: */*\r\ncontent-type: application/json\r\n"
        )

    def request(self, entry: PendingEntry, secrets: Sequence[SigningSecret], now: datetime) -> bytes:
        body = message_body(self._tenant_id, entry)
        message_id = entry.journal_entry_id
        trace = f"traceparent: {traceparent(entry.correlation_id)}\r\n" if entry.correlation_id is not None else ""
        head = (
            f"{self._head}content-length: {len(body)}\r\nwebhook-id: {message_id}\r\n"
            f"webhook-timestamp: {int(now.timestamp())}\r\n"
            f"webhook-signature: {signatures(secrets, message_id, now, body)}\r\n{trace}\r\n"
        )
        return head.encode("ascii") + body
