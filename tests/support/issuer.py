"""An issuer that the server trusts, and that signs whatever it is asked to: tokens that no library would write among them."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt

from app.dev.keys import development_key
from app.dev.tokens import SCOPES
from app.settings import Settings
from tests.support.bodies import changed

Sign = Callable[[bytes], bytes]
ALGORITHM: Final = "ES256"


def encoded(value: Any) -> str:
    """Base64url of bytes as they are, of everything else as JSON."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signer(algorithm: str, private_key: Any) -> Sign:
    """Signs as this algorithm of RFC 7518 does, whether or not the key is meant for it."""
    method = jwt.get_algorithm_by_name(algorithm)
    return lambda signing_input: method.sign(signing_input, private_key)


class Issuer:
    """Acts for one tenant with the key that the server was started with."""

    def __init__(self, settings: Settings, tenant_id: str) -> None:
        self.settings = settings
        self.tenant_id = tenant_id
        self.key = development_key(settings)
        self.sign = signer(ALGORITHM, self.key.private_key)

    def header(self, **members: Any) -> dict[str, Any]:
        """A good header, changed; a member that is OMITTED is left out."""
        return changed({"alg": ALGORITHM, "kid": self.key.key_id, "typ": "at+jwt"}, **members)

    def claims(self, **claims: Any) -> dict[str, Any]:
        """Good claims, changed; a claim that is OMITTED is left out."""
        now = int(time.time())
        good = {"iss": self.settings.issuer, "aud": self.settings.audience, "sub": "tests", "tenant_id": self.tenant_id}
        return changed({**good, "scope": " ".join(SCOPES), "iat": now, "nbf": now, "exp": now + 600}, **claims)

    def token(self, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A good token but for these members of the header and these claims."""
        return self.compact(self.header(**(header or {})), self.claims(**claims))

    def compact(self, header: Any, claims: Any, sign: Sign | None = None) -> str:
        """Header and claims as they are given, signed with the issuer's key or by `sign`."""
        signing_input = f"{encoded(header)}.{encoded(claims)}"
        return f"{signing_input}.{encoded((sign or self.sign)(signing_input.encode()))}"
