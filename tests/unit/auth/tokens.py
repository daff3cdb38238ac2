"""An issuer for tests: keys of the three kinds that are accepted, and tokens that differ from a good one in one thing."""

import base64
import json
import time
from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from app.auth.access_token import TokenRules

ISSUER: Final = "https://issuer.example"
AUDIENCE: Final = "hpts"
RULES: Final = TokenRules(ISSUER, AUDIENCE)
TENANT: Final = "0198c0de-0000-7000-8000-0000000000aa"
OMITTED: Final = object()
KEY_OF: Final = {"PS256": "RS256"}
"""The id of the key that signs where it is not named like the algorithm."""
SCOPES: Final = (
    "hpts:payments:write hpts:disbursements:write hpts:accruals:write hpts:reversals:write "
    "hpts:ledger:read hpts:balances:read hpts:reconciliation:read hpts:admin:*"
)


def private_key(algorithm: str, which: int = 0) -> Any:
    """The same key for the same arguments; `which` tells several of one kind apart."""
    return _made_key(algorithm, which)


@cache
def _made_key(algorithm: str, which: int) -> Any:
    """Cached apart from its default, since a cache takes an argument that is left out for another call."""
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def public_jwk(algorithm: str, key_id: str, which: int = 0, **members: Any) -> dict[str, Any]:
    kind: Any = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}[algorithm]
    key: dict[str, Any] = kind.to_jwk(private_key(algorithm, which).public_key(), as_dict=True)
    return without_omitted({**key, "kid": key_id, "use": "sig", "alg": algorithm} | members)


def key_set(*members: dict[str, Any]) -> bytes:
    """The given keys, or one of each kind, whose ids are names of algorithms that they do not state."""
    keys = members or tuple(public_jwk(algorithm, algorithm, alg=OMITTED) for algorithm in ("RS256", "ES256", "EdDSA"))
    return json.dumps({"keys": keys}).encode()


def claims(**changed: Any) -> dict[str, Any]:
    """A good token's claims, changed; a claim that is OMITTED is left out."""
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "tester",
        "tenant_id": TENANT,
        "scope": SCOPES,
        "iat": now,
        "nbf": now,
        "exp": now + 600,
    }
    return without_omitted(good | changed)


def token(algorithm: str = "ES256", headers: dict[str, Any] | None = None, *, which: int = 0, **changed: Any) -> str:
    header = without_omitted({"kid": KEY_OF.get(algorithm, algorithm), "typ": "at+jwt"} | (headers or {}))
    key = private_key(KEY_OF.get(algorithm, algorithm), which)
    return jwt.encode(claims(**changed), key, algorithm=algorithm, headers=header)


def encoded(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(header: Any, payload: Any) -> str:
    """An ES256 signature over parts that no library would write."""
    signing_input = f"{encoded(header)}.{encoded(payload)}"
    signature: bytes = jwt.get_algorithm_by_name("ES256").sign(signing_input.encode(), private_key("ES256"))
    return f"{signing_input}.{encoded(signature)}"


def without_omitted(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not OMITTED}


class PublishedKeys:
    """A key source that gives what a test has published, and counts how often it was asked."""

    spacing_seconds = 0.0

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.reads = 0

    async def read(self) -> bytes:
        self.reads += 1
        return self.text
