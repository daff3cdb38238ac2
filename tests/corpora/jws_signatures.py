"""Tokens with a wrong algorithm, key or signature, by the sections of RFC 8725."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from tests.corpora.issuer_keys import NEUTRAL, P256_ORDER, SMALL_ORDER, IssuerKeys, forms_of
from tests.corpora.tokens import ACCEPTED, REFUSED, Token, Tokens
from tests.support.bodies import OMITTED
from tests.support.issuer import Issuer, base64url, signer

NONES: Final = tuple("".join(n + o + n_ + e) for n in "nN" for o in "oO" for n_ in "nN" for e in "eE")
DIGESTS: Final = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
BASE64URL: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
OTHERS: Final = (
    "RS384",
    "RS512",
    "PS384",
    "ES384",
    "ES512",
    "ES256K",
    "Ed25519",
    "Ed448",
    "es256",
    "ES256 ",
    "ES256\x00",
)


TRIES: Final = 24
"""One message in eight fits the signature that a key of order 8 is forged with."""


def unsigned_tokens(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """2.1: the algorithm `none` in every spelling with several signatures, and tokens without their signature."""
    claims = base64url(issuer.claims())
    for name in (*NONES, "none ", " none", "", "null", "nоne"):
        header = base64url(issuer.header(alg=name))
        for ending in ("", base64url(b"\0"), issuer.token().rpartition(".")[2]):
            yield Token("2.1", f"alg {name!r} and the signature {ending!r:.12}", f"{header}.{claims}.{ending}")
        yield Token("2.1", f"alg {name!r} in two parts", f"{header}.{claims}")
    head, payload, _ = issuer.token().split(".")
    yield Token("2.1", "signature stripped", f"{head}.{payload}.")
    yield Token("2.1", "signature stripped with its full stop", f"{head}.{payload}")
    yield Token("2.1", "claims only", f".{payload}.")


def confused_keys(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """2.1 and 2.2: a public key used as the secret of an HMAC, guessed secrets, and a published secret."""
    published = {"ES256": (issuer.key.key_id, issuer.key.private_key), "RS256": ("rsa", keys.private["rsa"])}
    for kind, (key_id, private_key) in published.items():
        for form, secret in forms_of(private_key.public_key()).items():
            for algorithm in DIGESTS:
                text = issuer.compact(issuer.header(alg=algorithm, kid=key_id), issuer.claims(), hmac_of(algorithm, secret))
                yield Token("2.1", f"{algorithm} with the {form} of the {kind} key", text)
    for secret in (b"", b"secret", b"\0" * 32, issuer.key.key_id.encode(), issuer.settings.issuer.encode()):
        text = issuer.compact(issuer.header(alg="HS256"), issuer.claims(), hmac_of("HS256", secret))
        yield Token("2.2", f"HS256 with the secret {secret!r}", text)
        yield Token(
            "2.2", f"ES256 with an HMAC of {secret!r}", issuer.compact(issuer.header(), issuer.claims(), hmac_of("HS256", secret))
        )
    text = issuer.compact(issuer.header(alg="HS256", kid="secret"), issuer.claims(), hmac_of("HS256", keys.secret))
    yield Token("3.2", "HS256 with a secret of the key set", text)


def hmac_of(algorithm: str, secret: bytes) -> Callable[[bytes], bytes]:
    return lambda signing_input: hmac.new(secret, signing_input, DIGESTS[algorithm]).digest()


def algorithms(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.1 and 3.2: four algorithms are accepted; a key that states one has no other, and no two kinds of key share one."""

    def of(key_id: str, algorithm: str, verdict: Any = REFUSED, *, stated: Any = None) -> Token:
        header = issuer.header(alg=stated or algorithm, kid=key_id)
        text = issuer.compact(header, issuer.claims(), signer(algorithm, keys.private[key_id]))
        return Token("3.1", f"{stated or algorithm} by the key {key_id!r}", text, verdict)

    yield Token("3.1", "ES256 by the issuer's key", issuer.token(), ACCEPTED)
    for key_id in ("rsa", "rsa without alg", "rsa exponent 3"):
        yield of(key_id, "RS256", ACCEPTED)
        yield from (of(key_id, algorithm) for algorithm in ("RS384", "RS512", "PS384", "PS512"))
        yield from (of(key_id, algorithm, stated="RS256") for algorithm in ("RS512", "PS256"))
        yield from (of(key_id, algorithm, stated="PS256") for algorithm in ("RS256", "PS384"))
    for key_id in ("rsa for PS256", "rsa without alg", "rsa exponent 3"):
        yield of(key_id, "PS256", ACCEPTED)
    yield of("rsa", "PS256")
    yield of("rsa for PS256", "RS256")
    yield of("edwards", "EdDSA", ACCEPTED)
    yield of("P-256 with its private key", "ES256", ACCEPTED)
    for section, key_id, algorithm in UNFIT:
        yield replace(of(key_id, algorithm), section=section)
    for key_id, algorithm, stated in (
        *(("P-384", "ES384", "ES256"), ("P-521", "ES512", "ES256"), ("secp256k1", "ES256K", "ES256")),
        *(("rsa", "RS256", "ES256"), ("edwards", "EdDSA", "ES256"), ("rsa", "RS256", "EdDSA"), ("edwards", "EdDSA", "RS256")),
        *(("edwards 448", "EdDSA", "Ed448"), ("edwards", "EdDSA", "Ed25519")),
    ):
        yield of(key_id, algorithm, stated=stated)
    for name in (*OTHERS, 1, None, True, [], ["ES256"], {"ES256": 1}, OMITTED):
        yield Token("3.1", f"alg {name!r:.30}", issuer.token({"alg": name}))
    for algorithm, private_key in (("RS256", keys.private["rsa"]), ("EdDSA", keys.private["edwards"])):
        header = issuer.header(alg=algorithm, kid="of two kinds")
        yield Token(
            "3.1",
            f"{algorithm} of two keys with one kid",
            issuer.compact(header, issuer.claims(), signer(algorithm, private_key)),
            ACCEPTED,
        )


UNFIT: Final = (
    *(("3.1", "rsa for RS512", "RS256"), ("3.1", "rsa for RS512", "RS512"), ("3.1", "rsa for encryption", "RS256")),
    *(("3.1", "P-256 for signing only", "ES256"), ("3.2", "P-384", "ES384"), ("3.2", "P-521", "ES512")),
    *(("3.2", "secp256k1", "ES256K"), ("3.2", "edwards 448", "EdDSA"), ("3.5", "rsa of 1024 bits", "RS256")),
    *(("3.5", "rsa with the flaw of ROCA", "RS256"), ("3.5", "rsa with the flaw of ROCA", "PS256")),
)
"""Keys that are published and must verify nothing, each with the algorithm that it would fit."""


def keys_that_are_none(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.4: published keys that are not valid points, and keys that are not published."""
    for key_id in ("off the curve", "point at infinity"):
        yield Token("3.4", f"the key {key_id!r}", issuer.token({"kid": key_id}))
        yield Token(
            "3.4",
            f"the key {key_id!r} and zeros",
            issuer.compact(issuer.header(kid=key_id), issuer.claims(), lambda _: bytes(64)),
        )
    for key_id in SMALL_ORDER:
        for number in range(TRIES):
            header, claims = issuer.header(alg="EdDSA", kid=key_id), issuer.claims(jti=str(number))
            yield Token("3.4", f"a key of {key_id}, try {number}", issuer.compact(header, claims, lambda _: NEUTRAL + bytes(32)))
    header = issuer.header(alg="EdDSA", kid="for key agreement")
    yield Token("3.4", "a key for key agreement", issuer.compact(header, issuer.claims(), lambda _: bytes(64)))
    stranger = signer("ES256", ec.generate_private_key(ec.SECP256R1()))
    yield Token("3.8", "the key of another issuer by the same kid", issuer.compact(issuer.header(), issuer.claims(), stranger))


def elliptic_signatures(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.3: signatures that a library with a missing check would accept, as their two numbers of 32 bytes."""
    signing_input = f"{base64url(issuer.header())}.{base64url(issuer.claims())}"
    raw = issuer.sign(signing_input.encode())
    r, s, n, width = int.from_bytes(raw[:32]), int.from_bytes(raw[32:]), P256_ORDER, 32
    numbers = {
        "r and s of 0": (0, 0),
        "r of 0": (0, s),
        "s of 0": (r, 0),
        "r and s of 1": (1, 1),
        "r and s of n": (n, n),
        "r of n": (n, s),
        "s of n": (r, n),
        "s of n + 1": (r, n + 1),
        "all ones": (2**256 - 1, 2**256 - 1),
        "r and s exchanged": (s, r),
        "r once more": (r, r),
        "r negated": (n - r, s),
    }
    forged = {name: one.to_bytes(width) + two.to_bytes(width) for name, (one, two) in numbers.items()}
    forged |= {
        "DER": encode_dss_signature(r, s),
        "least byte first": raw[31::-1] + raw[:31:-1],
        "one byte less": raw[:-1],
        "one byte more": raw + b"\0",
        "one byte before": b"\0" + raw,
        "33 bytes each": b"\0" + raw[:32] + b"\0" + raw[32:],
        "48 bytes each": bytes(16) + raw[:32] + bytes(16) + raw[32:],
        "half": raw[:32],
        "twice": raw + raw,
        "one bit changed": raw[:-1] + bytes([raw[-1] ^ 1]),
        "as text": raw.hex().encode(),
        "of the claims alone": issuer.sign(signing_input.partition(".")[2].encode()),
        "of the decoded parts": issuer.sign(f"{json.dumps(issuer.header())}.{json.dumps(issuer.claims())}".encode()),
        "of a longer text": issuer.sign(signing_input.encode() + b"."),
        "by SHA-384": _with_hash(issuer, signing_input.encode(), hashes.SHA384()),
        "of another token": issuer.sign(f"{base64url(issuer.header())}.{base64url(issuer.claims(sub='other'))}".encode()),
    }
    yield from (
        Token("3.3", f"ES256 signature: {name}", f"{signing_input}.{base64url(signature)}") for name, signature in forged.items()
    )
    other = raw[:32] + (n - s).to_bytes(width)
    yield Token("3.3", "the other s of the same signature, which ECDSA admits", f"{signing_input}.{base64url(other)}", ACCEPTED)


def _with_hash(issuer: Issuer, signing_input: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    r, s = decode_dss_signature(issuer.key.private_key.sign(signing_input, ec.ECDSA(algorithm)))
    return r.to_bytes(32) + s.to_bytes(32)


def other_signatures(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """3.3 for the other kinds: signatures of zeros, shortened, extended, and with numbers that are too large."""
    for key_id, algorithm in (("rsa", "RS256"), ("rsa for PS256", "PS256"), ("edwards", "EdDSA")):
        header, sign = issuer.header(alg=algorithm, kid=key_id), signer(algorithm, keys.private[key_id])
        signing_input = f"{base64url(header)}.{base64url(issuer.claims())}"
        raw = sign(signing_input.encode())
        forged = {
            "zeros": bytes(len(raw)),
            "ones": b"\xff" * len(raw),
            "the number 1": bytes(len(raw) - 1) + b"\1",
            "one byte less": raw[:-1],
            "one byte more": raw + b"\0",
            "one byte before": b"\0" + raw,
            "one bit changed": bytes([raw[0] ^ 1]) + raw[1:],
        }
        for name, signature in forged.items():
            yield Token("3.3", f"{algorithm} signature: {name}", f"{signing_input}.{base64url(signature)}")


def encodings(issuer: Issuer, keys: IssuerKeys) -> Tokens:
    """RFC 7515, 2: base64url without padding, in its only valid spelling."""
    for part, name in enumerate(("header", "claims", "signature")):
        for what, change in CHANGES.items():
            parts = issuer.token().split(".")
            parts[part] = change(parts[part])
            yield Token("RFC 7515", f"{name} with {what}", ".".join(parts))
    text = issuer.token()
    last = BASE64URL.index(text[-1])
    yield Token("RFC 7515", "unused bits at the end of the signature", text[:-1] + BASE64URL[last | 1])


CHANGES: Final[dict[str, Callable[[str], str]]] = {
    "padding": lambda part: part + "=" * (-len(part) % 4 or 4),
    "one sign of padding": lambda part: part + "=",
    "the other alphabet": lambda part: "+/" + part[2:],
    "a space": lambda part: part[:5] + " " + part[5:],
    "a tabulator": lambda part: part[:5] + "\t" + part[5:],
    "a sign of percent": lambda part: part[:5] + "%41" + part[6:],
    "a full stop": lambda part: part[:5] + "." + part[5:],
    "a letter more": lambda part: part + "A",
    "four letters more": lambda part: part + "AAAA",
    "a letter less": lambda part: part[:-1],
    "nothing": lambda part: "",
}

ATTACKS: Final = (
    unsigned_tokens,
    confused_keys,
    algorithms,
    keys_that_are_none,
    elliptic_signatures,
    other_signatures,
    encodings,
)
