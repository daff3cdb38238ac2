"""Verifies one access token (RFC 7519, RFC 9068, RFC 8725): every claim that this service relies on, and no other.

PyJWT checks the signature and the registered claims. What is checked here besides is what PyJWT leaves open: the
encoding of each part, duplicate members, `typ`, `crit`, the shape of `kid`, times that are no finite numbers, `iat` and the
lifetime. Of a token bound to a certificate (RFC 8705) the caller carries the thumbprint; one bound to anything else is refused.
"""

import re
from dataclasses import dataclass
from time import time
from typing import Any, Final

import jiter
import jwt
from jwt.utils import base64url_decode

from app import limits
from app.auth.caller import Caller
from app.auth.client_certificate import bound_thumbprint
from app.auth.jwk import ALGORITHMS
from app.auth.key_set import KeyLookupsFull, KeySet, KeySetUnread
from app.auth.refusals import InvalidToken, TokensUnverifiable

COMPACT: Final = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
KEY_ID: Final = re.compile(r"[\x20-\x7e]{1,128}")
UUID_TEXT: Final = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
ACCESS_TOKEN_TYPE: Final = "at+jwt"
MEDIA_TYPE_PREFIX: Final = "application/"
"""RFC 7515, 4.1.9: it may be left out of `typ`, so that a type is admitted with and without it."""
LEEWAY_SECONDS: Final = 30
IAT_AHEAD_SECONDS: Final = 60
"""How far ahead the issuer's clock may be."""
TIMES: Final = ("exp", "nbf", "iat")
LATEST: Final = 2**53
ACTOR_MAX: Final = 255

EXPIRED: Final = "the token has expired"
NOT_YET: Final = "the token is not valid yet"
MALFORMED_TOKEN: Final = "the token is not a well-formed signed JWT"


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Tokens of one issuer, made for one audience; `types` are in lower case, and None admits tokens without a `typ`."""

    issuer: str
    audience: str
    types: frozenset[str | None] = frozenset((ACCESS_TOKEN_TYPE,))
    max_lifetime_seconds: int = limits.TOKEN_LIFETIME_SECONDS


class TokenVerifier:
    """Verifies tokens by the rules of one deployment."""

    def __init__(self, keys: KeySet, rules: TokenRules) -> None:
        self.keys = keys
        self.rules = rules

    async def verify(self, token: bytes) -> Caller:
        """Raises InvalidToken; TokensUnverifiable while the key set cannot be read."""
        if len(token) > limits.TOKEN_BYTES:
            raise InvalidToken(f"the token is longer than {limits.TOKEN_BYTES} bytes")
        parts = COMPACT.fullmatch(token)
        if parts is None:
            raise InvalidToken(MALFORMED_TOKEN)
        algorithm, key_id = _checked_header(_json_object(parts[1]), self.rules.types)
        _json_object(parts[2])
        try:
            key = await self.keys.find(key_id, algorithm)
        except (KeySetUnread, KeyLookupsFull):
            raise TokensUnverifiable from None
        if key is None:
            raise InvalidToken("the token is signed with a key the issuer does not publish")
        return _principal(self._claims(token, key.jwk, algorithm), self.rules.max_lifetime_seconds)

    def _claims(self, token: bytes, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self.rules.audience,
                issuer=self.rules.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": [*TIMES, "iss", "aud"], "verify_iat": False, "enforce_minimum_key_length": True},
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


def _checked_header(header: dict[str, Any], types: frozenset[str | None]) -> tuple[str, str]:
    """The algorithm and the key id. `jku`, `jwk`, `x5u` and their like are never read."""
    algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ")
    if algorithm not in ALGORITHMS:
        raise InvalidToken(f"the token is signed with an algorithm other than {', '.join(ALGORITHMS)}")
    if "crit" in header:
        raise InvalidToken("the token has critical extensions")
    if not isinstance(kind, str | None) or (kind and kind.lower().removeprefix(MEDIA_TYPE_PREFIX)) not in types:
        raise InvalidToken("the token is not an access token by its typ")
    if not isinstance(key_id, str) or not KEY_ID.fullmatch(key_id):
        raise InvalidToken("the token has no usable kid")
    return algorithm, key_id


def _principal(claims: dict[str, Any], max_lifetime_seconds: int) -> Caller:
    not_before = _earliest_time(claims, max_lifetime_seconds)
    thumbprint = _thumbprint(claims)
    tenant_id = claims.get("tenant_id")
    if not isinstance(tenant_id, str) or not UUID_TEXT.fullmatch(tenant_id):
        raise InvalidToken("the token has no tenant_id that is a uuid")
    actor = claims.get("sub", claims.get("client_id"))
    if not isinstance(actor, str) or not 0 < len(actor) <= ACTOR_MAX or not actor.isprintable():
        raise InvalidToken("the token has no usable sub or client_id")
    return Caller(tenant_id.lower(), actor, _scopes(claims), float(claims["exp"]), not_before, thumbprint)


def _thumbprint(claims: dict[str, Any]) -> str | None:
    if "cnf" not in claims:
        return None
    thumbprint = bound_thumbprint(claims["cnf"])
    if thumbprint is None:
        raise InvalidToken(
            "the cnf of the token is not the thumbprint of one certificate, so that what it is bound to is not known"
        )
    return thumbprint


def _earliest_time(claims: dict[str, Any], max_lifetime_seconds: int) -> float:
    """From when on the token may be used, in epoch seconds, by `nbf` and by `iat` with what each may be ahead."""
    for name in TIMES:
        value = claims[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST:
            raise InvalidToken(f"the {name} of the token is no time in seconds")
    if claims["iat"] > time() + IAT_AHEAD_SECONDS:
        raise InvalidToken("the iat of the token lies in the future")
    if claims["exp"] - claims["iat"] > max_lifetime_seconds:
        raise InvalidToken(f"the token is valid for longer than {max_lifetime_seconds} seconds after its iat")
    return max(float(claims["nbf"]) - LEEWAY_SECONDS, float(claims["iat"]) - IAT_AHEAD_SECONDS)


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    """`scope` as RFC 9068 writes it, and `scp`, which some issuers send as such a string and others as a list."""
    spaced, other = claims.get("scope", ""), claims.get("scp", [])
    listed = other.split(" ") if isinstance(other, str) else other
    if not isinstance(spaced, str) or not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise InvalidToken("the scopes of the token are malformed")
    return frozenset(spaced.split(" ") + listed) - {""}
