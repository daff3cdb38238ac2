"""Verifies webhooks as Standard Webhooks 1.0 signs them: HMAC-SHA256 over `id.timestamp.body`."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Final

from .answer import NOT_AS_DECLARED
from .errors import WebhookRefused
from .models.journal_entry_posted import JournalEntryPosted

SECRET_PREFIX: Final = "whsec_"
VERSION: Final = "v1"
TOLERANCE_SECONDS: Final = 300
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class WebhookVerifier:
    """`secrets` begin with whsec_; while one is rotated, give both. A request older or newer than the tolerance is refused."""

    def __init__(self, *secrets: str, tolerance_seconds: float = TOLERANCE_SECONDS, now: Callable[[], float] = time.time) -> None:
        if not secrets:
            raise ValueError("a webhook verifier needs a secret")
        self._keys = [_key(secret) for secret in secrets]
        self._tolerance_seconds = tolerance_seconds
        self._now = now

    def verify(self, headers: Mapping[str, str], body: bytes) -> JournalEntryPosted:
        """What `body`, exactly as it was received, tells; raises WebhookRefused. Drop what has an id that you have seen."""
        given = {name.lower(): value for name, value in headers.items()}
        missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not given.get(name)]
        if missing:
            raise WebhookRefused(f"the request has no {' and no '.join(missing)}")
        self._check_time(given[TIMESTAMP])
        self._check_signature(f"{given[ID]}.{given[TIMESTAMP]}.".encode(errors="replace") + body, given[SIGNATURE])
        try:
            return JournalEntryPosted.from_dict(json.loads(body))
        except NOT_AS_DECLARED as error:
            raise WebhookRefused("the body is not an event of the contract") from error

    def _check_time(self, timestamp: str) -> None:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise WebhookRefused("webhook-timestamp is not a number of seconds")
        age_seconds = self._now() - int(timestamp)
        if abs(age_seconds) > self._tolerance_seconds:
            raise WebhookRefused(
                f"webhook-timestamp is {age_seconds:.0f} seconds old; {self._tolerance_seconds:.0f} are tolerated"
            )

    def _check_signature(self, signed: bytes, signatures: str) -> None:
        """Every signature is compared with every secret, so that the time taken does not tell which one came near."""
        expected = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in self._keys]
        given = [
            text.encode(errors="replace")
            for version, _, text in (each.partition(",") for each in signatures.split())
            if version == VERSION
        ]
        matches = [hmac.compare_digest(one, another) for one in expected for another in given]
        if not any(matches):
            raise WebhookRefused("no signature fits the secrets")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not (secret.startswith(SECRET_PREFIX) and key):
        raise ValueError("a webhook secret is whsec_ followed by base64; GET /webhook-endpoints/{id}/secret answers it")
    return key
