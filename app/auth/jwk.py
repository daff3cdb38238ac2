"""Which keys of a JSON Web Key Set (RFC 7517) may verify a token: public signing keys of three kinds, strong enough."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import jiter
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from app.auth.weak_modulus import is_factorable
from app.settings import DEV_KEY_MARK

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""All that is accepted. No two kinds of key share one, so that no key verifies what it was not made for."""

FITTING: Final = {("RSA", None): ("RS256", "PS256"), ("EC", "P-256"): ("ES256",), ("OKP", "Ed25519"): ("EdDSA",)}
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


def usable_keys(text: bytes, *, admits_development: bool = True) -> dict[KeyName, PublicKey]:
    """The keys of a key set that may verify tokens.

    Raises ValueError when `text` is no key set, or holds a key of the development issuer where that is not admitted.
    """
    document = jiter.from_json(text, allow_inf_nan=False, catch_duplicate_keys=True)
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("a key set is a JSON object with a list of keys")
    if not admits_development and any(isinstance(member, dict) and DEV_KEY_MARK in member for member in document["keys"]):
        raise ValueError("it holds a key of the development issuer, whose private key is no secret")
    usable: dict[KeyName, PublicKey] = {}
    for member in document["keys"]:
        for algorithm in _algorithms(member):
            key = _public_key(member, algorithm)
            if key:
                usable.setdefault((member["kid"], algorithm), key)
    return usable


def _algorithms(member: Any) -> Sequence[str]:
    """The algorithms that the key fits, or the one of them that its `alg` names; none when it is for something else."""
    if not isinstance(member, dict) or not isinstance(member.get("kid"), str):
        return ()
    if member.get("use", "sig") != "sig":
        return ()
    operations = member.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return ()
    kind, curve = member.get("kty"), member.get("crv")
    fitting = FITTING.get((kind, curve), ()) if isinstance(kind, str) and isinstance(curve, str | None) else ()
    return [algorithm for algorithm in fitting if member.get("alg", algorithm) == algorithm]


def _public_key(member: dict[str, Any], algorithm: str) -> PublicKey | None:
    """Only the public members are read, so that a private key published by mistake does not sign here."""
    public = {name: member[name] for name in PUBLIC_MEMBERS if name in member}
    try:
        jwk = jwt.PyJWK(public, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    if isinstance(jwk.key, RSAPublicKey) and not _is_strong(jwk.key):
        return None
    if isinstance(jwk.key, Ed25519PublicKey) and _is_of_small_order(jwk.key):
        return None
    return PublicKey(public, jwk)


def _is_strong(key: RSAPublicKey) -> bool:
    return RSA_BITS_MIN <= key.key_size <= RSA_BITS_MAX and not is_factorable(key.public_numbers().n)


def _is_of_small_order(key: Ed25519PublicKey) -> bool:
    """The topmost bit is the sign of x, and y may be written unreduced."""
    y = int.from_bytes(key.public_bytes_raw(), "little") % 2**255
    return y % ED25519_PRIME in SMALL_ORDER
