"""Who calls. A token is verified once and remembered until it expires or the issuer's keys change."""

from time import time
from typing import Final

from app.auth.access_token import LEEWAY_SECONDS, TokenRules, TokenVerifier
from app.auth.caller import Caller
from app.auth.key_set import KeySet
from app.auth.refusals import Unauthenticated

REMEMBERED: Final = 4096
"""Verified tokens kept at most; the one verified longest ago goes first."""


class Authenticator:
    """`remembered` answers for a token verified before, at once; `authenticate` verifies one."""

    def __init__(self, keys: KeySet, rules: TokenRules) -> None:
        self.keys = keys
        self.verifier = TokenVerifier(keys, rules)
        self.known: dict[bytes, Caller] = {}
        keys.when_changed(self.known.clear)

    def remembered(self, authorization: bytes) -> Caller | None:
        """The caller, when this very value of the Authorization header was verified before and still would be.

        The keys have to be as current for it as for a new token, and the clock may have been set back since.
        """
        caller = self.known.get(authorization)
        if caller is None or not caller.not_before <= time() < caller.expires_at + LEEWAY_SECONDS or not self.keys.is_current():
            return None
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
