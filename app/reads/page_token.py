"""Page tokens: a cursor that only this service can have made, and that is valid only for the request it was made for.

A token is base64url of a MAC and the cursor's bytes. The MAC covers what the cursor is bound to: tenant, operation, id, filters.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import Final

import orjson

from app.refusal import FieldError, Refusal

MAC_BYTES: Final = 16
TOKEN_CHARACTERS: Final = 256
"""More than any token has; a longer text is refused unread."""


class InvalidPageToken(Refusal):
    code = "invalid_page_token"

    def __init__(self, parameter: str) -> None:
        message = "was not issued for this request"
        super().__init__(f"{parameter} {message}", FieldError(parameter, "invalid", message))


class PageTokens:
    """`key` is the secret that every worker shares; `parameter` in errors is the query parameter that carried the token."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, cursor: bytes, bound: Sequence[str | None]) -> str:
        return urlsafe_b64encode(self._mac(cursor, bound) + cursor).rstrip(b"=").decode()

    def open(self, token: str, bound: Sequence[str | None], parameter: str) -> bytes:
        """The cursor; raises InvalidPageToken for every text that `seal` did not return for the same `bound`."""
        try:
            raw = urlsafe_b64decode(token[:TOKEN_CHARACTERS].encode("ascii") + b"==")
        except (Base64Error, UnicodeEncodeError):
            raise InvalidPageToken(parameter) from None
        cursor = raw[MAC_BYTES:]
        if not hmac.compare_digest(self.seal(cursor, bound).encode(), token.encode()):
            raise InvalidPageToken(parameter)
        return cursor

    def _mac(self, cursor: bytes, bound: Sequence[str | None]) -> bytes:
        return hmac.digest(self._key, orjson.dumps([cursor.hex(), *bound]), "sha256")[:MAC_BYTES]
