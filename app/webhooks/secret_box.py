"""Encrypts the secrets of webhook endpoints under the key of the deployment: AES-256-GCM, bound to tenant and endpoint.

A stored secret is one byte of version, a nonce, and the ciphertext with its tag. One that was copied to another endpoint, or
changed, cannot be decrypted.
"""

import os
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.setting_values import secret_key_of

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12


class WrongSecretKey(Exception):
    """A stored secret was not encrypted under this key."""


class SecretBox:
    """`key` has 32 bytes; it never leaves the process."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def of_text(cls, text: str) -> Self | None:
        """The box of a setting that holds the key in base64; None for one that is not set."""
        return cls(secret_key_of(text)) if text else None

    def encrypt(self, secret: bytes, tenant_id: str, endpoint_id: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret, _bound(tenant_id, endpoint_id))

    def decrypt(self, stored: bytes, tenant_id: str, endpoint_id: str) -> bytes:
        """Raises WrongSecretKey."""
        nonce, ciphertext = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
        if stored[:1] != _VERSION or len(nonce) < _NONCE_BYTES:
            raise WrongSecretKey
        try:
            return self._cipher.decrypt(nonce, ciphertext, _bound(tenant_id, endpoint_id))
        except InvalidTag:
            raise WrongSecretKey from None


def _bound(tenant_id: str, endpoint_id: str) -> bytes:
    return f"{tenant_id}|{endpoint_id}".encode()
