"""Verifies one access token (RFC 7519, RFC 9068, RFC 8725): every claim that this service relies on, and no other.

PyJWT checks the signature and the registered claims. What is checked here besides is what PyJWT leaves open: the
encoding of each part, duplicate members, `typ`, `crit`, the shape of `kid`, times that are no finite numbers.
"""

import re
from typing import Any, Final

import jiter
import jwt
from jwt.utils import base64url_decode

from app import limits
from app.auth.caller import Caller
from app.auth.jwk import ALGORITHMS
from app.auth.key_set import KeySet, KeySetUnread
from app.auth.refusals import InvalidToken, TokensUnverifiable

COMPACT: Final = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
KEY_ID: Final = re.compile(r"[\x20-\x7e]{1,128}")
UUID_TEXT: Final = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
TYPES: Final = (None, "jwt", "at+jwt", "application/at+jwt")
LEEWAY_SECONDS: Final = 30
LATEST: Final = 2**53
ACTOR_MAX: Final = 255

EXPIRED: Final = "the token has expired"
NOT_YET: Final = "the token is not valid yet"
MALFORMED_TOKEN: Final = "the token is not a well-formed signed JWT"


class TokenVerifier:
    """Tokens of one issuer, made for one audience."""

    def __init__(self, keys: KeySet, issuer: str, audience: str) -> None:
        self.keys = keys
        self.issuer = issuer
        self.audience = audience

    async def verify(self, token: bytes) -> Caller:
        """Raises InvalidToken; TokensUnverifiable while no key set could be read."""
        if len(token) > limits.TOKEN_BYTES:
            raise InvalidToken(f"the token is longer than {limits.TOKEN_BYTES} bytes")
        parts = COMPACT.fullmatch(token)
        if parts is None:
            raise InvalidToken(MALFORMED_TOKEN)
        algorithm, key_id = _checked_header(_json_object(parts[1]))
        _json_object(parts[2])
        try:
            key = await self.keys.find(key_id, algorithm)
        except KeySetUnread:
            raise TokensUnverifiable from None
        if key is None:
            raise InvalidToken("the token is signed with a key the issuer does not publish")
        return _principal(self._claims(token, key.jwk, algorithm))

    def _claims(self, token: bytes, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self.audience,
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "nbf", "iss", "aud"], "verify_iat": False, "enforce_minimum_key_length": True},
            )
        except jwt.ExpiredSignatureError:
            raise InvalidToken(EXPIRED) from None
        except jwt.ImmatureSignatureError:
            raise InvalidToken(NOT_YET) from None
        except jwt.InvalidIssuerError:
            raise InvalidToken("the token is from another issuer") from None
        except jwt.InvalidAudienceError:
            raise InvalidToken("the token is for another audience") from None
        except jwt.MissingRequiredClaimError as missing:
            raise InvalidToken(f"the token has no {missing.claim}") from None
        except jwt.InvalidSignatureError:
            raise InvalidToken("the signature of the token does not fit") from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            raise InvalidToken(MALFORMED_TOKEN) from None


def _json_object(part: bytes) -> dict[str, Any]:
    try:
        value = jiter.from_json(base64url_decode(part), allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError:
        raise InvalidToken(MALFORMED_TOKEN) from None
    if not isinstance(value, dict):
        raise InvalidToken(MALFORMED_TOKEN)
    return value


def _checked_header(header: dict[str, Any]) -> tuple[str, str]:
    """The algorithm and the key id. `jku`, `jwk`, `x5u` and their like are never read."""
    algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ")
    if algorithm not in ALGORITHMS:
        raise InvalidToken(f"the token is signed with an algorithm other than {', '.join(ALGORITHMS)}")
    if "crit" in header:
        raise InvalidToken("the token has critical extensions")
    if (kind.lower() if isinstance(kind, str) else kind) not in TYPES:
        raise InvalidToken("the token is not an access token by its typ")
    if not isinstance(key_id, str) or not KEY_ID.fullmatch(key_id):
        raise InvalidToken("the token has no usable kid")
    return algorithm, key_id


def _principal(claims: dict[str, Any]) -> Caller:
    _check_times(claims)
    tenant_id = claims.get("tenant_id")
    if not isinstance(tenant_id, str) or not UUID_TEXT.fullmatch(tenant_id):
        raise InvalidToken("the token has no tenant_id that is a uuid")
    actor = claims.get("sub", claims.get("client_id"))
    if not isinstance(actor, str) or not 0 < len(actor) <= ACTOR_MAX or not actor.isprintable():
        raise InvalidToken("the token has no usable sub or client_id")
    return Caller(tenant_id.lower(), actor, _scopes(claims), float(claims["exp"]))


def _check_times(claims: dict[str, Any]) -> None:
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name)
        if name == "iat" and name not in claims:
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST:
            raise InvalidToken(f"the {name} of the token is no time in seconds")


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    """`scope` as RFC 9068 writes it, and the list `scp` that some issuers send."""
    listed, spaced = claims.get("scp", []), claims.get("scope", "")
    if not isinstance(spaced, str) or not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise InvalidToken("the scopes of the token are malformed")
    return frozenset(spaced.split(" ") + listed) - {""}
