"""Who calls. A token is verified once and remembered until it expires or the issuer's keys change."""

from time import time
from typing import Final

from app.edge.call import Principal
from app.edge.errors import InvalidToken, Unauthenticated
from app.edge.request import Request
from app.edge.token import LEEWAY_SECONDS, TokenVerifier
from app.security.keys import KeySet

REMEMBERED: Final = 4096
"""Verified tokens kept at most; the one verified longest ago goes first."""


class Authenticator:
    """`principal` answers for a token it knows, at once; `authenticate` verifies one it does not."""

    def __init__(self, keys: KeySet, issuer: str, audience: str) -> None:
        self.keys = keys
        self.verifier = TokenVerifier(keys, issuer, audience)
        self.known: dict[bytes, Principal] = {}
        keys.when_changed(self.known.clear)

    def principal(self, request: Request) -> Principal | None:
        """The caller, when this very header was verified before and has not expired since."""
        principal = self.known.get(request.headers.get(b"authorization", b""))
        if principal is None or b"authorization" in request.doubled:
            return None
        if principal.expires_at + LEEWAY_SECONDS <= time():
            return None
        self.keys.renew_when_due()
        return principal

    async def authenticate(self, request: Request) -> Principal:
        """Raises Unauthenticated, InvalidToken and TokensUnverifiable."""
        header = request.headers.get(b"authorization")
        if header is None:
            raise Unauthenticated
        if b"authorization" in request.doubled:
            raise InvalidToken("Authorization was sent more than once")
        scheme, _, token = header.partition(b" ")
        if scheme.lower() != b"bearer":
            raise Unauthenticated
        principal = await self.verifier.verify(token.strip(b" "))
        self._remember(header, principal)
        return principal

    def _remember(self, header: bytes, principal: Principal) -> None:
        self.known.pop(header, None)
        while len(self.known) >= REMEMBERED:
            del self.known[next(iter(self.known))]
        self.known[header] = principal
