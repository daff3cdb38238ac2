"""More keys of the issuer's key set: usable ones of the other kinds, and ones that must not verify any token."""

import json
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from tests.support.issuer import base64url
from tests.support.weak_rsa import roca_key

Jwk = dict[str, Any]
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NEUTRAL: Final = (1).to_bytes(32, "little")
"""The neutral element of Ed25519."""
SMALL_ORDER: Final = {
    "order 1": NEUTRAL,
    "order 2": (2**255 - 20).to_bytes(32, "little"),
    "order 4": bytes(32),
    "order 8": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}
"""Points of Ed25519 that, as public keys, fit one and the same signature of every message, or of one in so many."""

STATED: Final[dict[str, Jwk]] = {
    "rsa": {"alg": "RS256"},
    "rsa for RS512": {"alg": "RS512"},
    "rsa for PS256": {"alg": "PS256"},
    "rsa for encryption": {"use": "enc"},
    "P-256 for signing only": {"key_ops": ["sign"]},
    "P-384": {"alg": "ES256"},
}
"""What some of the keys say of themselves."""


class IssuerKeys:
    """Private keys by the `kid` that their public ones are published under."""

    def __init__(self) -> None:
        self.private: dict[str, Any] = {
            "rsa": rsa.generate_private_key(65537, 2048),
            "rsa exponent 3": rsa.generate_private_key(3, 2048),
            "rsa without alg": rsa.generate_private_key(65537, 2048),
            "rsa for RS512": rsa.generate_private_key(65537, 2048),
            "rsa of 1024 bits": rsa.generate_private_key(65537, 1024),
            "rsa for PS256": rsa.generate_private_key(65537, 2048),
            "rsa with the flaw of ROCA": roca_key(),
            "rsa for encryption": rsa.generate_private_key(65537, 2048),
            "edwards": ed25519.Ed25519PrivateKey.generate(),
            "edwards 448": ed448.Ed448PrivateKey.generate(),
            "P-256 with its private key": ec.generate_private_key(ec.SECP256R1()),
            "P-256 for signing only": ec.generate_private_key(ec.SECP256R1()),
            "P-384": ec.generate_private_key(ec.SECP384R1()),
            "P-521": ec.generate_private_key(ec.SECP521R1()),
            "secp256k1": ec.generate_private_key(ec.SECP256K1()),
        }
        self.secret = secrets.token_bytes(64)

    @cached_property
    def published(self) -> list[Jwk]:
        rsa_key, curve_key = self.private["rsa"].public_key(), ec.generate_private_key(ec.SECP256R1()).public_key()
        plain = [
            {**public_jwk(key.public_key()), "kid": name, "use": "sig"} | STATED.get(name, {})
            for name, key in self.private.items()
        ]
        next(each for each in plain if each["kid"].endswith("its private key"))["d"] = base64url(secrets.token_bytes(32))
        return [
            *plain,
            {**public_jwk(rsa_key), "kid": "of two kinds"},
            {**public_jwk(self.private["edwards"].public_key()), "kid": "of two kinds"},
            {"kty": "oct", "k": base64url(self.secret), "kid": "secret", "alg": "HS256"},
            {**public_jwk(curve_key), "kid": "off the curve", "y": base64url(bytes(31) + b"\x05")},
            {**public_jwk(curve_key), "kid": "point at infinity", "x": base64url(bytes(32)), "y": base64url(bytes(32))},
            *({"kty": "OKP", "crv": "Ed25519", "x": base64url(point), "kid": name} for name, point in SMALL_ORDER.items()),
            {"kty": "OKP", "crv": "X25519", "x": base64url(secrets.token_bytes(32)), "kid": "for key agreement"},
        ]

    def publish(self, key_set: Path) -> None:
        """Adds the keys to the set."""
        document = json.loads(key_set.read_bytes())
        document["keys"] += self.published
        key_set.write_text(json.dumps(document))


def public_jwk(key: Any) -> Jwk:
    kinds: dict[type, Any] = {rsa.RSAPublicKey: RSAAlgorithm, ec.EllipticCurvePublicKey: ECAlgorithm}
    kind = next((method for base, method in kinds.items() if isinstance(key, base)), OKPAlgorithm)
    members: Jwk = kind.to_jwk(key, as_dict=True)
    return {name: value for name, value in members.items() if name != "key_ops"}


def forms_of(key: Any) -> dict[str, bytes]:
    """A public key in every form that could be mistaken for the secret of an HMAC."""
    pem, der = (key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo) for encoding in (Encoding.PEM, Encoding.DER))
    jwk = public_jwk(key)
    return {
        "PEM": pem,
        "PEM without the last line break": pem.rstrip(),
        "PEM with other line breaks": pem.replace(b"\n", b"\r\n"),
        "DER": der,
        "JWK": json.dumps(jwk).encode(),
        "JWK in canonical form": json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode(),
        "first coordinate or modulus": str(jwk.get("n", jwk.get("x"))).encode(),
    }
