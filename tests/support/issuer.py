"""A token issuer that the server trusts and that signs anything, including tokens that no library would write."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import jwt

from app.dev.keys import development_key
from app.dev.tokens import SCOPES
from app.settings import DEV_KEY_MARK, Settings
from tests.support.bodies import replace_fields
from tests.support.server import TOKEN_SECONDS

Sign = Callable[[bytes], bytes]
ALGORITHM: Final = "ES256"


def base64url(value: Any) -> str:
    """Base64url without padding, of bytes as they are and of any other value as JSON."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signer(algorithm: str, private_key: Any) -> Sign:
    """Signs with this algorithm of RFC 7518, whether or not the key is meant for it."""
    method = jwt.get_algorithm_by_name(algorithm)
    return lambda signing_input: method.sign(signing_input, private_key)


def publish_as_issuer(made: Path, published: Path) -> None:
    """A key set of the development issuer as one that production takes: its keys are not marked."""
    document = json.loads(made.read_bytes())
    for key in document["keys"]:
        key.pop(DEV_KEY_MARK, None)
    published.write_text(json.dumps(document))


class Issuer:
    """Makes tokens of one tenant with the key that the server was started with."""

    def __init__(self, settings: Settings, tenant_id: str) -> None:
        self.settings = settings
        self.tenant_id = tenant_id
        self.key = development_key(settings)
        self.sign = signer(ALGORITHM, self.key.private_key)

    def header(self, **members: Any) -> dict[str, Any]:
        """A valid header with these members replaced; a member that is OMITTED is left out."""
        return replace_fields({"alg": ALGORITHM, "kid": self.key.key_id, "typ": "at+jwt"}, **members)

    def claims(self, **claims: Any) -> dict[str, Any]:
        """Valid claims with these replaced; a claim that is OMITTED is left out."""
        now = int(time.time())
        good = {"iss": self.settings.issuer, "aud": self.settings.audience, "sub": "tests", "tenant_id": self.tenant_id}
        return replace_fields({**good, "scope": " ".join(SCOPES), "iat": now, "nbf": now, "exp": now + TOKEN_SECONDS}, **claims)

    def token(self, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A valid token, but for these members of the header and these claims."""
        return self.compact(self.header(**(header or {})), self.claims(**claims))

    def compact(self, header: Any, claims: Any, sign: Sign | None = None) -> str:
        """Header and claims as they are given, signed with the issuer's key or by `sign`."""
        signing_input = f"{base64url(header)}.{base64url(claims)}"
        return f"{signing_input}.{base64url((sign or self.sign)(signing_input.encode()))}"
