"""The secrets that sign webhooks: made here, stored encrypted, shown to their tenant, replaced by rotation.

An endpoint has two at most: the one before stays valid for a time, so that a receiver can change over.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from app.store.queries.webhook_endpoints import StoredSecrets, keep_secrets, stored_secrets
from app.webhooks.refusals import EndpointUnknown, SecretKeyMissing, SecretKeyWrong
from app.webhooks.secret_box import SecretBox, WrongSecretKey

SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class PlainSecrets:
    """`previous_secret` is None once it has expired."""

    secret: bytes
    previous_secret: bytes | None
    previous_secret_expires_at: datetime | None


class EndpointSecrets:
    """Every method raises SecretKeyMissing without a key; those that read also EndpointUnknown, SecretKeyWrong."""

    def __init__(self, secret_box: SecretBox | None, now: Callable[[], datetime]) -> None:
        self._secret_box = secret_box
        self._now = now

    def make(self, tenant_id: str, endpoint_id: str) -> bytes:
        """A new secret, encrypted."""
        return self._box.encrypt(os.urandom(SECRET_BYTES), tenant_id, endpoint_id)

    def read(self, connection: Connection, tenant_id: str, endpoint_id: str) -> PlainSecrets:
        stored, box = _stored(connection, tenant_id, endpoint_id), self._box
        expires_at = stored.previous_secret_expires_at
        has_previous = stored.previous_secret is not None and expires_at is not None and expires_at > self._now()
        try:
            secret = box.decrypt(stored.secret, tenant_id, endpoint_id)
            previous = box.decrypt(stored.previous_secret or b"", tenant_id, endpoint_id) if has_previous else None
        except WrongSecretKey:
            raise SecretKeyWrong from None
        return PlainSecrets(secret, previous, expires_at if has_previous else None)

    def rotate(self, connection: Connection, tenant_id: str, endpoint_id: str, previous_valid_hours: int) -> datetime | None:
        """Returns until when the previous secret is valid; None where it no longer is."""
        stored, secret = _stored(connection, tenant_id, endpoint_id), self.make(tenant_id, endpoint_id)
        if not previous_valid_hours:
            keep_secrets(connection, tenant_id, endpoint_id, StoredSecrets(secret, None, None))
            return None
        expires_at = self._now() + timedelta(hours=previous_valid_hours)
        keep_secrets(connection, tenant_id, endpoint_id, StoredSecrets(secret, stored.secret, expires_at))
        return expires_at

    @property
    def _box(self) -> SecretBox:
        if self._secret_box is None:
            raise SecretKeyMissing
        return self._secret_box


def _stored(connection: Connection, tenant_id: str, endpoint_id: str) -> StoredSecrets:
    stored = stored_secrets(connection, tenant_id, endpoint_id)
    if stored is None:
        raise EndpointUnknown(endpoint_id)
    return stored
