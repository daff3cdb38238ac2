"""Who calls. A token is verified once and remembered until it expires or the issuer's keys change."""

from time import time
from typing import Final

from app.auth.access_token import LEEWAY_SECONDS, TokenVerifier
from app.auth.caller import Caller
from app.auth.key_set import KeySet
from app.auth.refusals import Unauthenticated

REMEMBERED: Final = 4096
"""Verified tokens kept at most; the one verified longest ago goes first."""


class Authenticator:
    """`remembered` answers for a token verified before, at once; `authenticate` verifies one."""

    def __init__(self, keys: KeySet, issuer: str, audience: str) -> None:
        self.keys = keys
        self.verifier = TokenVerifier(keys, issuer, audience)
        self.known: dict[bytes, Caller] = {}
        keys.when_changed(self.known.clear)

    def remembered(self, authorization: bytes) -> Caller | None:
        """The caller, when this very value of the Authorization header was verified before and has not expired since."""
        caller = self.known.get(authorization)
        if caller is None or caller.expires_at + LEEWAY_SECONDS <= time():
            return None
        self.keys.renew_when_due()
        return caller

    async def authenticate(self, authorization: bytes) -> Caller:
        """Verifies the value of an Authorization header. Raises Unauthenticated, InvalidToken and TokensUnverifiable."""
        scheme, _, token = authorization.partition(b" ")
        if scheme.lower() != b"bearer":
            raise Unauthenticated
        caller = await self.verifier.verify(token.strip(b" "))
        self._remember(authorization, caller)
        return caller

    def _remember(self, authorization: bytes, caller: Caller) -> None:
        self.known.pop(authorization, None)
        while len(self.known) >= REMEMBERED:
            del self.known[next(iter(self.known))]
        self.known[authorization] = caller
