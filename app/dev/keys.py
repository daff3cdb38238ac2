"""A signing key for development, created once next to the key set that the server reads (HPTS_JWKS).

Only the owner of the file may read the private key. In production no key is created: `development_key` raises. The public key is
marked in its set, so that production refuses it wherever it is copied.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_encode

from app.setting_values import is_url
from app.settings import DEV_KEY_MARK, Settings

PRIVATE_KEY_FILE: Final = "private-key.pem"


class NoDevelopmentKey(Exception):
    """There is no local key to sign tokens with; the message says why."""


@dataclass(frozen=True, slots=True)
class DevelopmentKey:
    """An ES256 key; `key_id` is its RFC 7638 thumbprint."""

    private_key: ec.EllipticCurvePrivateKey
    key_id: str


def development_key(settings: Settings, *, creates: bool = True) -> DevelopmentKey:
    """The local key; it and its key set are created if neither exists yet and `creates` is set. Raises NoDevelopmentKey."""
    if settings.env != "dev":
        raise NoDevelopmentKey("tokens are signed with a local key in development only; ask the issuer for a token")
    if is_url(settings.jwks):
        raise NoDevelopmentKey(f"HPTS_JWKS={settings.jwks} is a URL, so its private key is not here; ask the issuer for a token")
    key_set = Path(settings.jwks)
    pem = key_set.with_name(PRIVATE_KEY_FILE)
    # Asked first: the key is written before its key set, so that here a key set without a key was not made by another process.
    has_key_set = key_set.exists()
    if not creates and not pem.exists():
        raise NoDevelopmentKey(f"there is no development key beside {key_set.absolute()}")
    if not pem.exists():
        if has_key_set:
            raise NoDevelopmentKey(f"{key_set} exists, but its private key {pem} does not; remove the key set or restore the key")
        _write_once(pem, _new_key())
    key = _read(pem)
    if not key_set.exists():
        _write_once(key_set, json.dumps({"keys": [_public_jwk(key)]}, indent=2).encode())
    _mark(key_set, key)
    return key


def _mark(key_set: Path, key: DevelopmentKey) -> None:
    """Adds the mark to a set that an earlier version made without it."""
    try:
        document = json.loads(key_set.read_bytes())
        unmarked = [each for each in document["keys"] if each.get("kid") == key.key_id and DEV_KEY_MARK not in each]
    except (ValueError, LookupError, TypeError, AttributeError):
        return
    if unmarked:
        unmarked[0][DEV_KEY_MARK] = True
        os.replace(_write_draft(key_set, json.dumps(document, indent=2).encode()), key_set)


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read(pem: Path) -> DevelopmentKey:
    private_key = serialization.load_pem_private_key(pem.read_bytes(), password=None)
    if not isinstance(private_key, ec.EllipticCurvePrivateKey):
        raise NoDevelopmentKey(f"{pem} is not a P-256 key; remove its folder and a new key is created")
    return DevelopmentKey(private_key, _thumbprint(private_key))


def _public_jwk(key: DevelopmentKey) -> dict[str, Any]:
    public = ECAlgorithm.to_jwk(key.private_key.public_key(), as_dict=True)
    return {**public, "kid": key.key_id, "alg": "ES256", "use": "sig", DEV_KEY_MARK: True}


def _thumbprint(private_key: ec.EllipticCurvePrivateKey) -> str:
    public = ECAlgorithm.to_jwk(private_key.public_key(), as_dict=True)
    members = {name: public[name] for name in ("crv", "kty", "x", "y")}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return base64url_encode(sha256(canonical).digest()).decode()


def _write_once(path: Path, content: bytes) -> None:
    """Writes a file that only the owner can read. An existing file is kept, also if another process creates it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _write_draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)


def _write_draft(path: Path, content: bytes) -> str:
    """A new file beside `path`, which only the owner can read."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return draft
