"""Tokens that are not a signed JWT in compact serialisation, whether their signature is valid or not."""

import json
import zlib
from itertools import product
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from app import limits
from tests.corpora.issuer_keys import IssuerKeys, public_jwk
from tests.corpora.tokens import ACCEPTED, REFUSED, Token, Tokens
from tests.support.bodies import OMITTED
from tests.support.issuer import Issuer, base64url, signer

KEY_IDS: Final[tuple[Any, ...]] = (
    *(OMITTED, None, "", " ", 0, 1, 1.5, True, [], {}, ["ES256"], "unknown", "x" * 129, "x" * 5_000),
    *("../../../../dev/null", "/etc/passwd", "file:///etc/passwd", "C:\\keys\\jwks.json", "jwks.json", "..%2f..%2fx"),
    *("x\x00.pem", "' OR '1'='1", "x' UNION SELECT 'secret' --", "x'; DROP TABLE tenants; --", "*)(uid=*))(|(uid=*"),
    *("$(id)", "`id`", "| id", "${jndi:ldap://127.0.0.1/x}", "{{7*7}}", "%s%s%n", "a\nb", "a\r\nSet-Cookie: x=y", "é", "١"),
    *("\u202e", "\U0001f511", "__proto__"),
)
PARTS: Final = ("{}", "[]", "null", '""', "1", "true", "", "{", "{}{}", "x", "[{}]", '{"a":NaN}', "\x00", "{}\x00", " ")
DEPTHS: Final = (300, 1_000, 2_000)


def parts(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """RFC 7519, 7.2: three parts, of which two are JSON objects."""
    good = issuer.token()
    head, payload, signature = good.split(".")
    for name, text in {
        "nothing": "",
        "one part": head,
        "a full stop": ".",
        "two full stops": "..",
        "four parts": f"{good}.{signature}",
        "an empty part behind": f"{good}.",
        "an empty part before": f".{good}",
        "detached claims": f"{head}..{signature}",
        "twice": f"{good}.{good}",
        "two tokens": f"{good},{good}",
        "two tokens and a space": f"{good} {good}",
        "quotes": f'"{good}"',
        "the scheme twice": f"Bearer {good}",
        "a parameter": f"{good}; charset=utf-8",
        "exchanged parts": f"{payload}.{head}.{signature}",
        "words": "null.null.null",
    }.items():
        yield Token("RFC 7519", name, text)
    yield Token("RFC 7519", "spaces around it", f"  {good} ", ACCEPTED)
    for one, two in product(PARTS, repeat=2):
        yield Token("RFC 7519", f"header {one!r} and claims {two!r}", issuer.compact(one.encode(), two.encode()))
    for other in PARTS:
        yield Token("RFC 7519", f"claims {other!r}", issuer.compact(issuer.header(), other.encode()))
        yield Token("RFC 7519", f"header {other!r}", issuer.compact(other.encode(), issuer.claims()))


def other_serialisations(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """RFC 7515, 7.2, and RFC 7797: the same signature in JSON, or over claims that are not encoded."""
    head, payload, signature = issuer.token().split(".")
    flat = {"payload": payload, "protected": head, "signature": signature}
    general = {"payload": payload, "signatures": [{"protected": head, "signature": signature}]}
    for name, value in {"flattened JSON": flat, "general JSON": general, "a list": [flat]}.items():
        yield Token("RFC 7515", name, json.dumps(value))
        yield Token("RFC 7515", f"{name}, encoded", base64url(value))
    for critical in (["b64"], OMITTED):
        header, claims = issuer.header(b64=False, crit=critical), json.dumps(issuer.claims(), separators=(",", ":"))
        signed = issuer.sign(f"{base64url(header)}.{claims}".encode())
        yield Token("RFC 7797", f"claims as they are, crit {critical!r}", f"{base64url(header)}.{claims}.{base64url(signed)}")
        yield Token(
            "RFC 7797", f"b64 false and claims encoded all the same, crit {critical!r}", issuer.compact(header, issuer.claims())
        )


def encrypted_tokens(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """2.3 to 2.5 and 3.6: encrypted tokens, and members that only an encrypted token has."""
    off_curve = {"kty": "EC", "crv": "P-256", "x": base64url(bytes(32)), "y": base64url(bytes(31) + b"\1")}
    headers: dict[str, dict[str, Any]] = {
        "2.3": {"alg": "RSA-OAEP", "enc": "A128CBC-HS256", "kid": "rsa"},
        "2.4": {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
        "2.5": {"alg": "ECDH-ES", "enc": "A128GCM", "kid": issuer.key.key_id, "epk": off_curve},
        "3.2": {"alg": "RSA1_5", "enc": "A256GCM", "kid": "rsa"},
        "RFC 7518": {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2s": "AAAA", "p2c": 2**31 - 1},
    }
    for section, header in headers.items():
        middle = [base64url(bytes(size)) for size in (256, 12, 400, 16)]
        yield Token(section, f"encrypted by {header['alg']}", ".".join([base64url(header), *middle]))
        yield Token(section, f"encrypted by {header['alg']}, in three parts", issuer.compact(header, issuer.claims()))
        yield Token(section, f"encrypted by {header['alg']} with an empty key", ".".join([base64url(header), "", *middle[1:]]))
    claims = json.dumps(issuer.claims()).encode()
    for name, packed in {
        "deflated": zlib.compress(claims),
        "raw deflated": zlib.compress(claims)[2:-4],
        "a bomb": zlib.compress(bytes(2**22)),
    }.items():
        yield Token("3.6", f"claims {name}", issuer.compact(issuer.header(zip="DEF"), packed))
    yield Token("3.6", "zip beside claims that are not packed: ignored", issuer.token({"zip": "DEF"}), ACCEPTED)


def nested_tokens(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """2.8: a token within a token."""
    inner = issuer.token()
    for header in ({"cty": "JWT"}, {}):
        yield Token("2.8", f"a token for claims, header {header}", issuer.compact(issuer.header(**header), inner.encode()))
        yield Token("2.8", f"a token as a string, header {header}", issuer.compact(issuer.header(**header), inner))
    yield Token("2.8", "a token in a claim", issuer.compact(issuer.header(), {"jwt": inner}))


def key_references(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """2.9 and 3.10: headers that contain a key, and a `kid` that names no published key."""
    own = ec.generate_private_key(ec.SECP256R1())
    brought = {"jwk": public_jwk(own.public_key()), "x5c": ["MIIB"], "x5t": "AAAA", "x5t#S256": "AAAA"}
    stranger = signer("ES256", own)
    for name, value in brought.items():
        for key_id in (issuer.key.key_id, "mine", OMITTED):
            header = issuer.header(**{name: value, "kid": key_id})
            yield Token(
                "3.10", f"{name} and kid {key_id!r:.20} by a key of one's own", issuer.compact(header, issuer.claims(), stranger)
            )
        yield Token("3.10", f"{name} beside a good signature: not read", issuer.token({name: value}), ACCEPTED)
    yield Token("3.10", "a secret brought along", issuer.token({"jwk": {"kty": "oct", "k": "AA"}, "kid": "mine"}))
    for key_id in KEY_IDS:
        yield Token("2.9", f"kid {key_id!r:.40}", issuer.token({"kid": key_id}))
    for key_id in (f"{issuer.key.key_id} ", f" {issuer.key.key_id}", f"{issuer.key.key_id}\x00", issuer.key.key_id.swapcase()):
        yield Token("2.9", f"kid {key_id!r}", issuer.token({"kid": key_id}))


def key_addresses(issuer: Issuer, url: str) -> Tokens:
    """2.9: headers with the URL of a key set or a certificate, signed by the issuer and by somebody else."""
    stranger = signer("ES256", ec.generate_private_key(ec.SECP256R1()))
    for name in ("jku", "x5u", "jwks_uri", "iss"):
        for key_id in (issuer.key.key_id, url):
            header = issuer.header(**{name: url, "kid": key_id})
            yield Token("2.9", f"{name} by a stranger, kid {key_id:.20}", issuer.compact(header, issuer.claims(), stranger))
        yield Token("3.10", f"{name} beside a good signature: not followed", issuer.token({name: url}), ACCEPTED)
    yield Token("2.9", "an issuer with the address", issuer.token(iss=url))


def critical_extensions(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """RFC 7515, 4.1.11: every critical extension is refused, since the service knows none."""
    extensions: tuple[Any, ...] = ([], ["exp"], ["b64"], ["alg"], ["unknown"], "exp", None, {}, [1], ["exp", "exp"], False)
    for names in extensions:
        yield Token("RFC 7515", f"crit {names!r}", issuer.token({"crit": names, "exp": 1, "unknown": True}))


def repeated_members(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """RFC 7519, 4: a repeated member is refused, also if it is spelled with escapes or has the same value."""
    header, claims = json.dumps(issuer.header()), json.dumps(issuer.claims())
    for member in ('"alg":"none"', '"alg":"ES256"', r'"\u0061lg":"none"', '"kid":"mine"', '"typ":"at+jwt"', '"typ":"JWT"'):
        for text in (f"{header[:-1]},{member}}}", f"{{{member},{header[1:]}"):
            yield Token("RFC 7519", f"header with another {member}", issuer.compact(text.encode(), issuer.claims()))
    other = "0198c0de-0000-7000-8000-0000000000bb"
    for member in (
        *(f'"tenant_id":"{other}"', f'"tenant_id":"{issuer.tenant_id}"', rf'"tenant\u005fid":"{other}"'),
        *('"exp":9999999999', '"aud":"x"'),
    ):
        for text in (f"{claims[:-1]},{member}}}", f"{{{member},{claims[1:]}"):
            yield Token("RFC 7519", f"claims with another {member}", issuer.compact(issuer.header(), text.encode()))


def sizes(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """No standard limits the size of a token; the service does, and refuses a longer or deeper one before it parses it."""
    for length, verdict in ((limits.TOKEN_BYTES, ACCEPTED), (limits.TOKEN_BYTES + 1, REFUSED)):
        yield Token("size", f"{length} characters", _of_length(issuer, length), verdict)
    yield Token("size", "twice the limit", issuer.token(padding="x" * 2 * limits.TOKEN_BYTES))
    yield Token("size", "letters only", "A" * 20_000)
    yield Token("size", "full stops only", "." * 8_000)
    for depth in DEPTHS:
        deep = json.dumps(issuer.claims())[:-1] + ',"deep":' + "[" * depth + "]" * depth + "}"
        yield Token("size", f"claims {depth} deep", issuer.compact(issuer.header(), deep.encode()))
        yield Token(
            "size", f"header {depth} deep", issuer.compact(b'{"alg":' + b"[" * depth + b"]" * depth + b"}", issuer.claims())
        )
    many: dict[str, Any] = {f"c{number}": number for number in range(300)}
    yield Token("size", "300 claims more", issuer.token(**many), ACCEPTED)


def _of_length(issuer: Issuer, length: int) -> str:
    """No base64url text has a length of 4n + 1; another header then shifts the length of the claims."""
    for extra in ("", "x", "xx"):
        bare = len(issuer.token({"x": extra}, padding=""))
        fill = (length - bare) * 3 // 4
        for padding in range(fill - 2, fill + 3):
            text = issuer.token({"x": extra}, padding="x" * padding)
            if len(text) == length:
                return text
    raise ValueError(f"no token has {length} characters")


ATTACKS: Final = (
    parts,
    other_serialisations,
    encrypted_tokens,
    nested_tokens,
    key_references,
    critical_extensions,
    repeated_members,
    sizes,
)
