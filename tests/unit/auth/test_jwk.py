"""Which keys of a key set may verify tokens, and which are overlooked."""

import base64
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.auth.jwk import ED25519_PRIME, SMALL_ORDER, usable_keys
from app.auth.weak_modulus import is_factorable
from app.settings import DEV_KEY_MARK
from tests.support.weak_rsa import roca_modulus
from tests.unit.auth.tokens import OMITTED, key_set, private_key, public_jwk


def names(*members: dict[str, Any]) -> set[tuple[str, str]]:
    return set(usable_keys(key_set(*members)))


def test_a_key_that_states_no_algorithm_fits_those_of_its_kind() -> None:
    members = [public_jwk(algorithm, "k", use=OMITTED, alg=OMITTED) for algorithm in ("RS256", "ES256", "EdDSA")]
    assert names(*members) == {("k", "RS256"), ("k", "PS256"), ("k", "ES256"), ("k", "EdDSA")}


@pytest.mark.parametrize("stated", ["RS256", "PS256"])
def test_a_key_that_states_its_algorithm_fits_no_other(stated: str) -> None:
    assert names(public_jwk("RS256", "k", alg=stated)) == {("k", stated)}


@pytest.mark.parametrize(
    "changed",
    [
        {"use": "enc"},
        {"use": None},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"alg": None},
        {"key_ops": ["encrypt"]},
        {"key_ops": "verify"},
        {"kid": 1},
        {"kid": OMITTED},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": OMITTED},
        {"crv": "P-384"},
        {"crv": ["P-256"]},
        {"x": "AA"},
        {"y": OMITTED},
        {"x": 1},
    ],
)
def test_a_key_that_is_for_something_else_or_broken_is_overlooked(changed: dict[str, Any]) -> None:
    assert names(public_jwk("ES256", "bad", **changed), public_jwk("ES256", "good")) == {("good", "ES256")}


@pytest.mark.parametrize("sign", [0, 2**255])
@pytest.mark.parametrize("y", [*sorted(SMALL_ORDER), ED25519_PRIME, ED25519_PRIME + 1])
def test_an_edwards_key_that_fits_forged_signatures_is_overlooked(y: int, sign: int) -> None:
    x = base64.urlsafe_b64encode((y + sign).to_bytes(32, "little")).rstrip(b"=").decode()
    assert names(public_jwk("EdDSA", "bad", x=x), public_jwk("EdDSA", "good")) == {("good", "EdDSA")}


@pytest.mark.parametrize("exponent", ["AA", "AQ", "Ag", "BA"])
def test_an_rsa_key_whose_exponent_is_below_three_or_even_is_overlooked(exponent: str) -> None:
    assert names(public_jwk("RS256", "bad", e=exponent), public_jwk("RS256", "good")) == {("good", "RS256")}


@pytest.mark.parametrize("member", [None, 1, "key", [], {}, {"kty": "oct", "k": "c2VjcmV0", "kid": "k"}])
def test_what_is_no_public_key_is_overlooked(member: Any) -> None:
    assert names(member, public_jwk("ES256", "good")) == {("good", "ES256")}


def test_a_short_rsa_key_is_overlooked() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    assert names({**jwt.algorithms.RSAAlgorithm.to_jwk(short, as_dict=True), "kid": "short"}) == set()


def test_a_curve_that_is_not_on_the_list_is_overlooked() -> None:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    assert names({**jwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True), "kid": "other"}) == set()


def test_of_a_private_key_only_the_public_half_is_read() -> None:
    private = jwt.algorithms.ECAlgorithm.to_jwk(private_key("ES256"), as_dict=True)
    [key] = usable_keys(key_set({**private, "kid": "k"})).values()
    assert isinstance(key.jwk.key, ec.EllipticCurvePublicKey)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b'{"keys":{}}', b'{"keys":null}', b"\xff", b'{"keys":[],"keys":[]}'])
def test_what_is_no_key_set_is_a_value_error(text: bytes) -> None:
    with pytest.raises(ValueError):
        usable_keys(text)


@pytest.mark.parametrize(("bits", "is_taken"), [(2047, False), (2048, True), (8192, True), (8193, False)])
def test_an_rsa_key_has_2048_to_8192_bits(bits: int, is_taken: bool) -> None:
    modulus = next(number for number in range(2 ** (bits - 1) + 1, 2**bits, 2) if not is_factorable(number))
    assert (("k", "RS256") in names(public_jwk("RS256", "k", n=written(modulus)))) is is_taken


def test_an_rsa_key_whose_modulus_can_be_factored_is_overlooked() -> None:
    assert names(public_jwk("RS256", "weak", n=written(roca_modulus())), public_jwk("RS256", "good")) == {("good", "RS256")}


def test_a_set_with_a_key_of_the_development_issuer_is_refused_where_that_is_not_admitted() -> None:
    copied = key_set(public_jwk("ES256", "own"), public_jwk("ES256", "copied", 1, **{DEV_KEY_MARK: True}))
    assert set(usable_keys(copied)) == {("own", "ES256"), ("copied", "ES256")}
    with pytest.raises(ValueError, match="development issuer"):
        usable_keys(copied, admits_development=False)
    assert usable_keys(key_set(), admits_development=False)


def written(number: int) -> str:
    """As a member of a JWK."""
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()


def test_keys_are_equal_when_their_public_members_are() -> None:
    private = jwt.algorithms.ECAlgorithm.to_jwk(private_key("ES256"), as_dict=True)
    [published], [by_mistake] = (
        usable_keys(key_set(each)).values() for each in (public_jwk("ES256", "k"), {**private, "kid": "k"})
    )
    [other] = usable_keys(key_set(public_jwk("ES256", "k", 1))).values()
    assert published == by_mistake
    assert published != other


def test_of_two_keys_of_one_name_the_first_counts() -> None:
    [key] = usable_keys(key_set(public_jwk("ES256", "k"), public_jwk("ES256", "k", 1))).values()
    [first] = usable_keys(key_set(public_jwk("ES256", "k"))).values()
    assert key == first


@pytest.mark.parametrize("operations", [["verify"], ["sign", "verify"]])
def test_a_key_that_says_it_verifies_is_taken(operations: list[str]) -> None:
    assert names(public_jwk("ES256", "k", use=OMITTED, key_ops=operations)) == {("k", "ES256")}


def test_an_empty_key_set_holds_no_key() -> None:
    assert usable_keys(b'{"keys":[]}') == {}
