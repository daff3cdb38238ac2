"""Which keys of a JSON Web Key Set (RFC 7517) may verify a token: public signing keys of three kinds, strong enough."""

from dataclasses import dataclass, field
from typing import Any, Final

import jiter
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")
"""All that is accepted. Each kind of key fits exactly one of them, so that no key verifies what it was not made for."""

FITTING: Final = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
PUBLIC_MEMBERS: Final[tuple[str, ...]] = ("kty", "crv", "n", "e", "x", "y")
RSA_BITS_MIN: Final = 2048
RSA_BITS_MAX: Final = 8192

ED25519_PRIME: Final = 2**255 - 19
OF_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL_ORDER: Final = frozenset((0, 1, ED25519_PRIME - 1, OF_ORDER_8, ED25519_PRIME - OF_ORDER_8))
"""The y of each point of Ed25519 whose order divides 8: as a key, it lets anybody sign."""

KeyName = tuple[str, str]
"""Key id and algorithm: RFC 7517 lets keys of different kinds share an id."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Equal to another when their public members are."""

    members: dict[str, Any]
    jwk: jwt.PyJWK = field(compare=False)


def usable_keys(text: bytes) -> dict[KeyName, PublicKey]:
    """The keys of a key set that may verify tokens; raises ValueError when `text` is no key set."""
    document = jiter.from_json(text, allow_inf_nan=False, catch_duplicate_keys=True)
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("a key set is a JSON object with a list of keys")
    usable: dict[KeyName, PublicKey] = {}
    for member in document["keys"]:
        algorithm = _algorithm(member)
        key = _public_key(member, algorithm) if algorithm else None
        if algorithm and key:
            usable.setdefault((member["kid"], algorithm), key)
    return usable


def _algorithm(member: Any) -> str | None:
    """The one algorithm the key fits, unless its own members say that it is for something else."""
    if not isinstance(member, dict) or not isinstance(member.get("kid"), str):
        return None
    if member.get("use", "sig") != "sig":
        return None
    operations = member.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    kind, curve = member.get("kty"), member.get("crv")
    algorithm = FITTING.get((kind, curve)) if isinstance(kind, str) and isinstance(curve, str | None) else None
    return algorithm if member.get("alg", algorithm) == algorithm else None


def _public_key(member: dict[str, Any], algorithm: str) -> PublicKey | None:
    """Only the public members are read, so that a private key published by mistake does not sign here."""
    public = {name: member[name] for name in PUBLIC_MEMBERS if name in member}
    try:
        jwk = jwt.PyJWK(public, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if isinstance(jwk.key, RSAPublicKey) and not RSA_BITS_MIN <= jwk.key.key_size <= RSA_BITS_MAX:
        return None
    if isinstance(jwk.key, Ed25519PublicKey) and _is_of_small_order(jwk.key):
        return None
    return PublicKey(public, jwk)


def _is_of_small_order(key: Ed25519PublicKey) -> bool:
    """The topmost bit is the sign of x, and y may be written unreduced."""
    y = int.from_bytes(key.public_bytes_raw(), "little") % 2**255
    return y % ED25519_PRIME in SMALL_ORDER
