"""Correctly signed tokens with wrong claims, claim by claim, and their counterparts with valid claims."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.corpora.issuer_keys import IssuerKeys
from tests.corpora.tokens import ACCEPTED, Token, Tokens, Verdict
from tests.support.bodies import OMITTED
from tests.support.issuer import Issuer

ClaimsAt = Callable[[int], Mapping[str, Any]]
"""Claims of a token that is made and sent at this time, in seconds."""
REFUSED_TIMES: Final[tuple[ClaimsAt, ...]] = (
    *(lambda _: {"exp": OMITTED}, lambda _: {"nbf": OMITTED}, lambda _: {"exp": 0}, lambda _: {"exp": 1e9}),
    *(lambda now: {"exp": now - 3_600}, lambda now: {"exp": now - 60.5}, lambda now: {"nbf": now - 900, "exp": now - 600}),
    *(lambda _: {"iat": OMITTED}, lambda now: {"iat": now + 180}, lambda now: {"iat": now + 3_600}, lambda _: {"iat": 2**53 - 1}),
    *(lambda now: {"exp": now + 86_460}, lambda _: {"iat": 0}, lambda _: {"nbf": 0, "iat": 0, "exp": 2**53 - 1}),
    *(lambda now: {"iat": now - 86_000, "exp": now + 600.5}, lambda now: {"iat": now - 86_400, "exp": now + 3_600}),
    *(lambda now: {"nbf": now + 120}, lambda now: {"nbf": now + 120.5}, lambda _: {"nbf": 2**53 - 1}),
    lambda now: {"nbf": now + 300, "exp": now + 100},
)
ACCEPTED_TIMES: Final[Mapping[str, ClaimsAt]] = {
    "an iat a little ahead": lambda now: {"iat": now + 30},
    "fractions": lambda now: {"exp": now + 600.5, "nbf": now - 0.5, "iat": now - 0.25},
    "an nbf with an exponent": lambda _: {"nbf": 1e9},
    "from the beginning on": lambda _: {"nbf": 0},
    "almost a day": lambda now: {"iat": now - 3_600, "exp": now + 82_700},
    "ended within the leeway": lambda now: {"exp": now - 5},
    "beginning within the leeway": lambda now: {"nbf": now + 15},
}
TYPES: Final[Mapping[str, tuple[Any, ...]]] = {
    "accepted": ("at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+JWT"),
    "invalid_token": (
        *(OMITTED, None, "none", "JWT", "jwt", "application/jwt"),
        *("secevent+jwt", "logout+jwt", "dpop+jwt", "token-introspection+jwt", "entity-statement+jwt", "id_token", "JWS"),
        *("JOSE+JSON", "", " ", "at+jwt ", "at+jwt; x=y", "application/", "application/application/at+jwt", "text/at+jwt"),
        *("at-jwt", "аt+jwt", 0, 1, True, [], ["at+jwt"], {"at+jwt": 1}),
    ),
}
NOT_TIMES: Final = (
    *("null", "true", "false", '"9999999999"', '""', "[]", "[9999999999]", "{}", "NaN", "Infinity", "-1", "-1e9", "-0.5"),
    *("1e999", "-1e999", "1e300", "9" * 400, "9007199254740992", "18446744073709551616", '"2099-01-01T00:00:00Z"', "0x7fffffff"),
)
"""As they are written in JSON, or in what looks like it."""
NOT_TENANTS: Final[tuple[Any, ...]] = (
    *(OMITTED, None, "", " ", "acme", "*", "null", "undefined", "0", 0, 1, True, [], {}, "../", "' OR 1=1 --", "%"),
    *("00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000"),
    *("0000000g-0000-0000-0000-000000000000", "００００００００-0000-0000-0000-000000000000"),
    *("00000000−0000-0000-0000-000000000000",),
)
NOT_ACTORS: Final[tuple[Any, ...]] = (
    *(OMITTED, None, "", 0, 1, True, [], ["tests"], {}, "x" * 256, "a\x00b", "a\nb", "\r\n", "\x7f", "a\u2028b", "\u202ea"),
)
NOT_SCOPES: Final[tuple[Mapping[str, Any], ...]] = (
    *({"scope": 1}, {"scope": True}, {"scope": None}, {"scope": []}, {"scope": ["hpts:payments:write"]}, {"scope": {}}),
    *({"scp": 1}, {"scp": True}, {"scp": None}, {"scp": 1.5}, {"scp": [1]}, {"scp": [None]}, {"scp": {}}),
    {"scp": [["hpts:payments:write"]]},
)
TOO_LITTLE: Final[tuple[Any, ...]] = (
    *(OMITTED, "", " ", "hpts:payments:Write", "HPTS:PAYMENTS:WRITE", "hpts:payments:*", "hpts:*", "*", "hpts:payments"),
    *("hpts:payments:write,x", "hpts:payments:writer", "xhpts:payments:write", "hpts:payments:read", "hpts:admin:*"),
    *("hpts:payments:\u200bwrite", "hpts:\tpayments:write", "hpts:disbursements:write\nhpts:payments:write"),
    *('"hpts:payments:write"', "hpts:payments:write\u00a0"),
)


def kinds(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.11 and 3.12: tokens of another kind. RFC 9068 gives access tokens a `typ`, in a long and a short form."""
    for verdict, types in TYPES.items():
        yield from (Token("3.11", f"typ {kind!r}", issuer.token({"typ": kind}), _verdict(verdict)) for kind in types)
    id_token = {"scope": OMITTED, "nonce": "n", "at_hash": "x", "auth_time": int(time.time()), "aud": "the-client"}
    yield Token("2.8", "an ID token for a client", issuer.token({"typ": "JWT"}, **id_token))
    event = {"events": {"https://schemas.openid.net/event/backchannel-logout": {}}, "exp": OMITTED, "scope": OMITTED}
    yield Token("2.8", "a logout token", issuer.token({"typ": "logout+jwt"}, **event))
    yield Token("2.8", "a logout token without a type", issuer.token({"typ": OMITTED}, **event))
    for other in ("client_assertion", "dpop"):
        claims = {"iss": "the-client", "sub": "the-client", "htm": "POST", "htu": issuer.settings.issuer}
        yield Token("3.12", f"a proof: {other}", issuer.token({"typ": OMITTED}, **claims))


def _verdict(name: str) -> Verdict:
    return "accepted" if name == "accepted" else "invalid_token"


def issuers(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.8: the issuer must be exactly the one in the server's settings."""
    name = issuer.settings.issuer
    others: tuple[Any, ...] = (
        *(OMITTED, None, "", 0, True, [name], [name, "x"], {name: 1}, "https://evil.example", f"{name}/", f"{name} "),
        *(f" {name}", f"{name}.evil.example", f"{name}@evil.example", f"{name}#", f"{name}?", f"{name}\x00", name.upper()),
        *(name[:-1], name[1:], name.replace("http", "https", 1), name.replace("/", "\\"), f"{name}\u200b"),
        *(name.replace("o", "о"),),
    )
    yield from (Token("3.8", f"iss {other!r:.60}", issuer.token(iss=other)) for other in others if other != name)


def audiences(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.9 and 2.7: the audience must be this service, alone or in a list."""
    name = issuer.settings.audience
    others: tuple[Any, ...] = (
        *(OMITTED, None, "", "other", 0, True, [], {}, {name: 1}, {"aud": name}, ["other"], [[name]], [name, 1]),
        *([name, None], [None], name[:-1], name[1:], f"{name}x", f"x{name}", f"{name} ", f"{name},other", f"{name} other"),
        *(name.upper() + "X", f"{name}\x00", "*"),
    )
    yield from (Token("3.9", f"aud {other!r}", issuer.token(aud=other)) for other in others)
    yield from (Token("3.9", f"aud {good}", issuer.token(aud=good), ACCEPTED) for good in ([name], ["other", name], [name, name]))
    yield Token("3.9", "aud in other letters", issuer.token(aud=name.swapcase()))
    yield Token(
        "2.7",
        "a token for another service of the same issuer",
        issuer.token(aud="https://other.example", scope="hpts:payments:write"),
    )


def times(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """RFC 7519, 4.1.4 to 4.1.6: seconds as a number, within a validity that has begun and not ended."""
    for claim in ("exp", "nbf", "iat"):
        for text in NOT_TIMES:
            payload = json.dumps(issuer.claims(**{claim: "?"})).replace('"?"', text)
            yield Token("RFC 7519", f"{claim} {text:.24}", issuer.compact(issuer.header(), payload.encode()))
    for claims in REFUSED_TIMES:
        made = claims(int(time.time()))
        yield Token("RFC 7519", f"{list(made)} {list(made.values())}", issuer.token(**made))
    for name, claims in ACCEPTED_TIMES.items():
        yield Token("RFC 7519", name, issuer.token(**claims(int(time.time()))), ACCEPTED)


def tenants(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.10: the tenant is one claim in one form."""
    good = issuer.tenant_id
    others = (
        *NOT_TENANTS,
        *([good], {"id": good}, f"{good}\n", f" {good}", f"{good} ", good.replace("-", ""), f"{{{good}}}"),
        *(f"urn:uuid:{good}", f"{good}\x00"),
    )
    yield from (Token("3.10", f"tenant_id {other!r:.60}", issuer.token(tenant_id=other)) for other in others)
    for name in ("tenant", "tenantId", "TENANT_ID", "tenant-id", "tid", "tenant_id ", "hpts.tenant_id"):
        renamed = {"tenant_id": OMITTED, name: good}
        yield Token("3.10", f"{name} for tenant_id", issuer.compact(issuer.header(), issuer.claims(**renamed)))
    yield Token("3.10", "tenant_id in capitals", issuer.token(tenant_id=good.upper()), ACCEPTED)
    yield Token("3.10", "another member with another tenant", issuer.token(tenant={"tenant_id": "x"}), ACCEPTED)


def subjects(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.8: the subject must be a name that the journal can show."""
    yield from (Token("3.8", f"sub {actor!r:.40}", issuer.token(sub=actor)) for actor in NOT_ACTORS)
    yield from (
        Token("3.8", f"client_id {actor!r:.40} without sub", issuer.token(sub=OMITTED, client_id=actor))
        for actor in NOT_ACTORS[1:]
    )
    for actor in ("x", "x" * 255, "zoë 日本", "'; DROP TABLE loans; --", "<script>", "e\u0301", "\U0001f600", "null", " "):
        yield Token("3.8", f"sub {actor!r:.40}", issuer.token(sub=actor), ACCEPTED)
    yield Token("3.8", "client_id without sub", issuer.token(sub=OMITTED, client_id="machine"), ACCEPTED)


def scopes(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """RFC 9068, 2.2.3: scopes are one string of words; a list, which some issuers send, is accepted too."""
    yield from (Token("RFC 9068", f"{claims}", issuer.token(**{"scope": OMITTED, **claims})) for claims in NOT_SCOPES)
    for scope in TOO_LITTLE:
        yield Token("RFC 9068", f"scope {scope!r}", issuer.token(scope=scope), "insufficient_scope")
    yield Token(
        "RFC 9068",
        "the scope in a claim of another name",
        issuer.token(scope=OMITTED, scopes="hpts:payments:write"),
        "insufficient_scope",
    )
    for scope in ("hpts:payments:write", "  x hpts:payments:write  y "):
        yield Token("RFC 9068", f"scope {scope!r}", issuer.token(scope=scope), ACCEPTED)
    yield Token("RFC 9068", "scp as a string", issuer.token(scope=OMITTED, scp="x  hpts:payments:write"), ACCEPTED)
    yield Token("RFC 9068", "scp as a string, and scope", issuer.token(scope="x", scp="hpts:payments:write"), ACCEPTED)
    yield Token("RFC 9068", "scp as an empty string", issuer.token(scope=OMITTED, scp=""), "insufficient_scope")
    yield Token(
        "RFC 9068", "two scopes in one of a list", issuer.token(scope="x", scp=["x hpts:payments:write"]), "insufficient_scope"
    )
    yield Token("RFC 9068", "a list", issuer.token(scope=OMITTED, scp=["x", "hpts:payments:write"]), ACCEPTED)


def bindings(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """RFC 7800 and RFC 8705: a token bound to a key is worth nothing without the proof of it, which a bearer does not give."""
    thumbprint = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"
    bound: tuple[Any, ...] = (
        *({"x5t#S256": thumbprint}, {"jkt": thumbprint}, {"jwk": {"kty": "EC"}}, {"kid": "k"}, {"jku": "https://x.example/"}),
        *({}, None, [], "", 0, False, thumbprint),
    )
    yield from (Token("RFC 7800", f"cnf {claim!r:.40}", issuer.token(cnf=claim)) for claim in bound)
    yield Token("RFC 7800", "cnf in a nested claim is not this token's", issuer.token(act={"cnf": {}}), ACCEPTED)


def texts(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.7 and 2.6: header and claims must be JSON in valid UTF-8."""
    header, claims = json.dumps(issuer.header()), json.dumps(issuer.claims(sub="zoë"), ensure_ascii=False)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp037"):
        yield Token("2.6", f"claims in {encoding}", issuer.compact(issuer.header(), claims.encode(encoding)))
        if encoding != "latin-1":
            yield Token("2.6", f"header in {encoding}", issuer.compact(header.encode(encoding), issuer.claims()))
    yield Token("3.7", "claims in UTF-8", issuer.compact(issuer.header(), claims.encode()), ACCEPTED)
    for name, text in {
        "half of a pair, escaped": rb"\ud800",
        "the other half, escaped": rb"\udc00",
        "half of a pair": b"\xed\xa0\x80",
        "an overlong NUL": b"\xc0\x80",
        "a byte of no sequence": b"\xff",
        "a sequence cut short": b"\xe2\x82",
        "beyond Unicode": b"\xf4\x90\x80\x80",
        "a line break": b"\n",
        "NUL": b"\x00",
    }.items():
        for claim in ("sub", "note"):
            payload = json.dumps(issuer.claims(**{claim: "@"})).encode().replace(b'"@"', b'"' + text + b'"')
            yield Token("3.7", f"{claim} with {name}", issuer.compact(issuer.header(), payload))
        yield Token("3.7", f"kid with {name}", issuer.compact(header.encode().replace(b"at+jwt", text), issuer.claims()))


ATTACKS: Final = (kinds, issuers, audiences, times, tenants, subjects, scopes, bindings, texts)
