"""Tokens that are not what they should be, each in one respect."""

import hashlib
import hmac
import json
import time
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from app import limits
from app.auth.access_token import IAT_AHEAD_SECONDS, LEEWAY_SECONDS, TokenRules, TokenVerifier
from app.auth.caller import Caller
from app.auth.key_set import KeySet
from app.auth.refusals import InvalidToken
from app.settings import load_settings
from tests.unit.auth.tokens import (
    AUDIENCE,
    ISSUER,
    OMITTED,
    RULES,
    TENANT,
    PublishedKeys,
    claims,
    encoded,
    key_set,
    private_key,
    public_jwk,
    signed,
    token,
    without_omitted,
)

HEADER = {"alg": "ES256", "kid": "ES256", "typ": "at+jwt"}
THUMBPRINT = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
SENTENCE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,-_")


async def verified(bearer: str | bytes, rules: TokenRules = RULES) -> Caller:
    verifier = TokenVerifier(KeySet(PublishedKeys(key_set())), rules)
    return await verifier.verify(bearer.encode() if isinstance(bearer, str) else bearer)


async def refused(bearer: str | bytes, rules: TokenRules = RULES) -> str:
    """The reason that is given, which is one of our own sentences and repeats nothing of the token."""
    with pytest.raises(InvalidToken) as error:
        await verified(bearer, rules)
    assert set(error.value.detail) < SENTENCE
    return error.value.detail


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_each_algorithm_of_the_list_is_verified(algorithm: str) -> None:
    caller = await verified(token(algorithm))
    assert (caller.tenant_id, caller.actor) == (TENANT, "tester")
    assert "hpts:payments:write" in caller.scopes


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"])
async def test_the_type_of_an_access_token_passes_in_its_long_and_short_form(kind: str) -> None:
    assert await verified(token(headers={"typ": kind}))


@pytest.mark.parametrize(
    ("admitted", "kind"), [("at+jwt,JWT", "jwt"), ("at+jwt,JWT", "at+jwt"), ("application/JWT", "JWT"), ("none", OMITTED)]
)
async def test_a_deployment_may_admit_other_types(admitted: str, kind: Any) -> None:
    rules = replace(RULES, types=load_settings(token_types=admitted).accepted_token_types)
    header = without_omitted({"alg": "ES256", "kid": "ES256", "typ": kind})
    assert await verified(signed(header, claims()), rules)
    assert "typ" in await refused(signed(header | {"typ": "none"}, claims()), rules)
    assert "typ" in await refused(signed(header | {"typ": "dpop+jwt"}, claims()), rules)


async def test_what_is_signed_here_by_hand_is_accepted_where_nothing_is_wrong_with_it() -> None:
    """So that what is refused below is refused for what its test changes, and not for its signature."""
    assert await verified(signed(HEADER, claims()))


@pytest.mark.parametrize("kind", ["JWT", "id_token", "dpop+jwt", "secevent+jwt", "", None, 1, ["at+jwt"], {"at+jwt": 1}])
async def test_a_token_of_another_type_is_refused(kind: Any) -> None:
    assert "typ" in await refused(signed(HEADER | {"typ": kind}, claims()))


async def test_a_token_without_a_type_is_refused() -> None:
    assert "typ" in await refused(signed(without_omitted(HEADER | {"typ": OMITTED}), claims()))


@pytest.mark.parametrize("binding", [{"x5t#S256": "AAAA"}, {"x5t#S256": THUMBPRINT, "jkt": "A"}, {"jkt": "A"}, {}, None, "x"])
async def test_a_token_is_bound_to_one_certificate_or_refused(binding: Any) -> None:
    assert (await verified(token(cnf={"x5t#S256": THUMBPRINT}))).thumbprint == THUMBPRINT
    assert "bound" in await refused(token(cnf=binding))


async def test_a_token_of_no_algorithm_is_refused() -> None:
    for name in ("none", "None", "NONE", "nOnE", ""):
        unsigned = f"{encoded({'alg': name, 'kid': 'ES256'})}.{encoded(claims())}"
        await refused(f"{unsigned}.")
        await refused(f"{unsigned}.{encoded(b'x')}")
        await refused(unsigned)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("key_id", ["RS256", "ES256", "EdDSA"])
async def test_the_public_key_is_no_shared_secret(algorithm: str, key_id: str) -> None:
    pem = (
        private_key(key_id).public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    signing_input = f"{encoded({'alg': algorithm, 'kid': key_id})}.{encoded(claims())}"
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
    signature = hmac.new(pem, signing_input.encode(), digest).digest()
    assert "algorithm" in await refused(f"{signing_input}.{encoded(signature)}")


@pytest.mark.parametrize(
    "algorithm", ["RS384", "RS512", "PS384", "PS512", "ES384", "ES256K", "Ed25519", "rs256", 1, None, ["RS256"], {}]
)
async def test_no_other_algorithm_is_known(algorithm: Any) -> None:
    assert "algorithm" in await refused(signed({"alg": algorithm, "kid": "ES256"}, claims()))


@pytest.mark.parametrize(
    ("algorithm", "key_id"), [("ES256", "RS256"), ("RS256", "ES256"), ("EdDSA", "ES256"), ("ES256", "EdDSA"), ("PS256", "ES256")]
)
async def test_a_key_of_another_kind_does_not_verify(algorithm: str, key_id: str) -> None:
    assert "does not publish" in await refused(token(algorithm, {"kid": key_id}))


async def test_a_key_the_issuer_does_not_publish_does_not_verify() -> None:
    assert "signature" in await refused(token(which=1))


@pytest.mark.parametrize(
    "key_id",
    [OMITTED, "", 1, None, [], {"a": 1}, "x" * 129, "é", "a\nb", "a\x00b", "../../etc/passwd", "' OR 1=1 --", "http://x/"],
)
async def test_a_missing_or_hostile_key_id_is_only_not_found(key_id: Any) -> None:
    header = {"alg": "ES256"} | ({} if key_id is OMITTED else {"kid": key_id})
    await refused(signed(header, claims()))


async def test_keys_that_the_token_brings_along_are_not_read() -> None:
    own = public_jwk("ES256", "mine", 1)
    brought = {"jwk": own, "jku": "https://evil.example/keys", "x5u": "https://evil.example/x", "x5c": ["AA"]}
    assert "signature" in await refused(token(headers=brought, which=1))
    assert "does not publish" in await refused(token(headers={**brought, "kid": "mine"}, which=1))


@pytest.mark.parametrize("critical", [[], ["exp"], ["b64"], "exp", None])
async def test_critical_extensions_are_refused(critical: Any) -> None:
    assert "critical" in await refused(signed(HEADER | {"crit": critical, "exp": 1}, claims()))


async def test_an_oversized_token_is_refused_unread() -> None:
    assert "longer" in await refused(token(padding="x" * limits.TOKEN_BYTES))
    assert "longer" in await refused(b"a" * (limits.TOKEN_BYTES + 1))


@pytest.mark.parametrize(
    "bearer", ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", "a b.c.d", "é.b.c", "....", "e30.e30.e30", "W10.W10.W10"]
)
async def test_what_is_no_compact_jwt_is_refused(bearer: str) -> None:
    await refused(bearer.encode())


async def test_each_part_is_plain_base64url() -> None:
    header, payload, signature = token().split(".")
    await refused(f"{header}=.{payload}.{signature}")
    await refused(f"{header}.{payload}.{signature}=")
    await refused(f"{header}.{payload}.{signature}\n")
    await refused(f"{header}.{payload}!.{signature}")


@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 72, 128])
async def test_an_elliptic_signature_of_another_length_is_refused(length: int) -> None:
    header, payload, _ = token().split(".")
    await refused(f"{header}.{payload}.{encoded(b'x' * length)}")


async def test_an_elliptic_signature_of_zeros_is_refused() -> None:
    header, payload, _ = token().split(".")
    await refused(f"{header}.{payload}.{encoded(bytes(64))}")


async def test_a_changed_claim_breaks_the_signature() -> None:
    header, _, signature = token().split(".")
    assert "signature" in await refused(f"{header}.{encoded(claims(sub='other'))}.{signature}")


async def test_a_member_that_comes_twice_is_refused() -> None:
    header = b'{"alg":"ES256","typ":"at+jwt","kid":"ES256","kid":"ES256"}'
    await refused(signed(header, claims()))
    for member in (f'"tenant_id":"{TENANT}"', '"exp":9999999999', '"cnf":{"jkt":"a","jkt":"b"}', '"other":{"a":1,"a":2}'):
        payload = f"{json.dumps(claims())[:-1]},{member}}}"
        assert "well-formed" in await refused(signed(HEADER, payload.encode()))


async def test_the_leeway_is_thirty_seconds_either_way() -> None:
    assert LEEWAY_SECONDS == 30
    now = int(time.time())
    assert await verified(token(exp=now - 20))
    assert await verified(token(nbf=now + 20))
    assert "expired" in await refused(token(exp=now - 31))
    assert "not valid yet" in await refused(token(nbf=now + 60))


async def test_a_token_of_the_future_is_refused_beyond_a_minute() -> None:
    assert IAT_AHEAD_SECONDS == 60
    now = int(time.time())
    assert await verified(token(iat=now + 50))
    assert "future" in await refused(token(iat=now + 120))


async def test_a_token_is_given_for_a_day_at_most_or_what_the_deployment_says() -> None:
    now = int(time.time())
    assert await verified(token(iat=now - 10, exp=now + 86_390))
    assert "86400 seconds" in await refused(token(iat=now - 10, exp=now + 86_391))
    assert "86400 seconds" in await refused(token(iat=0, exp=now + 60))
    short = replace(RULES, max_lifetime_seconds=600)
    assert await verified(token(iat=now, exp=now + 600), short)
    assert "600 seconds" in await refused(token(iat=now, exp=now + 600.5), short)


@pytest.mark.parametrize("name", ["exp", "nbf", "iat", "iss", "aud"])
async def test_a_registered_claim_that_is_missing_is_named(name: str) -> None:
    missing: dict[str, Any] = {name: OMITTED}
    assert name in await refused(token(**missing))


@pytest.mark.parametrize(
    ("name", "value"), [("iss", "https://evil.example"), ("iss", f"{ISSUER}/"), ("aud", "other"), ("aud", [])]
)
async def test_another_issuer_or_audience_is_refused(name: str, value: Any) -> None:
    await refused(token(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"), [("iss", [ISSUER]), ("iss", 1), ("aud", {"hpts": 1}), ("aud", ["hpts", 1]), ("sub", 1)]
)
async def test_a_registered_claim_of_the_wrong_kind_is_refused(name: str, value: Any) -> None:
    await refused(signed(HEADER, claims(**{name: value})))


async def test_one_audience_among_several_suffices() -> None:
    assert await verified(token(aud=["other", AUDIENCE]))


@pytest.mark.parametrize(
    "value", ["1e999", "-1e999", "NaN", '"9999999999"', "true", "null", "[]", "{}", "-1", "1e300", "9" * 400]
)
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
async def test_a_time_that_is_no_finite_number_is_refused(name: str, value: str) -> None:
    payload = json.dumps(claims(**{name: "?"})).replace('"?"', value)
    await refused(signed(HEADER, payload.encode()))


async def test_times_may_have_fractions_and_the_caller_keeps_them() -> None:
    now = int(time.time())
    caller = await verified(token(iat=now - 0.5, nbf=now - 40.25, exp=now + 3_600.5))
    assert (caller.not_before, caller.expires_at) == (now - 60.5, now + 3_600.5)
    assert (await verified(token(iat=now - 100, nbf=now - 9))).not_before == now - 39


@pytest.mark.parametrize(
    "tenant_id", [OMITTED, None, "", "acme", 1, TENANT.replace("-", ""), f"{TENANT}\n", f"{{{TENANT}}}", [TENANT]]
)
async def test_a_tenant_that_is_no_uuid_is_refused(tenant_id: Any) -> None:
    assert "tenant_id" in await refused(token(tenant_id=tenant_id))


async def test_the_tenant_is_known_in_lower_case() -> None:
    assert (await verified(token(tenant_id=TENANT.upper()))).tenant_id == TENANT


async def test_the_client_id_acts_where_there_is_no_subject() -> None:
    assert (await verified(token(sub=OMITTED, client_id="batch"))).actor == "batch"


@pytest.mark.parametrize("actor", [OMITTED, "", "x" * 256, "a\x00b", "a\nb", "\x7f"])
async def test_a_token_without_a_usable_actor_is_refused(actor: Any) -> None:
    assert "sub" in await refused(token(sub=actor))


async def test_scopes_come_from_either_claim() -> None:
    assert (await verified(token(scope="a  b"))).scopes == {"a", "b"}
    assert (await verified(token(scope=OMITTED, scp=["a", "b"]))).scopes == {"a", "b"}
    assert (await verified(token(scope=OMITTED, scp="a  b"))).scopes == {"a", "b"}
    assert (await verified(token(scope="a", scp=["b"]))).scopes == {"a", "b"}
    assert (await verified(token(scope="a", scp="b"))).scopes == {"a", "b"}
    assert (await verified(token(scope=OMITTED, scp=""))).scopes == set()
    assert (await verified(token(scope=OMITTED))).scopes == set()


@pytest.mark.parametrize(
    "scopes", [{"scope": ["a"]}, {"scope": 1}, {"scp": {"a": 1}}, {"scp": [1]}, {"scp": None}, {"scp": [["a"]]}]
)
async def test_malformed_scopes_are_refused(scopes: dict[str, Any]) -> None:
    assert "scopes" in await refused(token(**scopes))
