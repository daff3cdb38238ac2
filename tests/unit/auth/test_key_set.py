"""The issuer's key set: which keys count, and when it is read again."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.auth.jwk import ED25519_PRIME, SMALL_ORDER, usable_keys
from app.auth.key_set import KeySet, KeySetUnread
from app.auth.key_source import KEY_SET_BYTES, FileKeySource, KeySetUnreadable, KeySource, UrlKeySource, key_source
from tests.unit.auth.tokens import OMITTED, PublishedKeys, key_set, private_key, public_jwk


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class BrokenSource:
    async def read(self) -> bytes:
        raise KeySetUnreadable("out of order")


class HeldSource(PublishedKeys):
    """Answers when the test lets it."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.asked, self.released = asyncio.Event(), asyncio.Event()

    async def read(self) -> bytes:
        text = await super().read()
        self.asked.set()
        await self.released.wait()
        return text


def names(*members: dict[str, Any]) -> set[tuple[str, str]]:
    return set(usable_keys(key_set(*members)))


def test_a_key_fits_the_one_algorithm_of_its_kind() -> None:
    members = [public_jwk(algorithm, "k", use=OMITTED, alg=OMITTED) for algorithm in ("RS256", "ES256", "EdDSA")]
    assert names(*members) == {("k", "RS256"), ("k", "ES256"), ("k", "EdDSA")}


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


async def test_an_unknown_key_id_has_the_set_read_again_once_a_minute() -> None:
    clock = Clock()
    source = PublishedKeys(key_set(public_jwk("ES256", "old")))
    keys = KeySet(source, clock)
    assert await keys.find("old", "ES256")
    source.text = key_set(public_jwk("ES256", "new", 1))
    for _ in range(5):
        assert await keys.find("new", "ES256") is None
    assert source.reads == 1
    clock.seconds = 60.0
    assert await keys.find("new", "ES256")
    assert await keys.find("old", "ES256") is None
    assert source.reads == 2


async def test_one_reading_serves_all_who_wait() -> None:
    source = HeldSource(key_set())
    keys = KeySet(source)
    waiting = [asyncio.create_task(keys.find(name, "ES256")) for name in ("ES256", "unknown") for _ in range(32)]
    await source.asked.wait()
    source.released.set()
    found = await asyncio.gather(*waiting)
    assert source.reads == 1
    assert [key is not None for key in found] == [True] * 32 + [False] * 32


async def test_one_who_gives_up_does_not_end_the_reading() -> None:
    source = HeldSource(key_set())
    keys = KeySet(source)
    impatient, patient = (asyncio.create_task(keys.find("ES256", "ES256")) for _ in range(2))
    await source.asked.wait()
    impatient.cancel()
    source.released.set()
    assert await patient


async def test_a_failed_reading_keeps_the_keys(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    source = PublishedKeys(key_set())
    keys = KeySet(source, clock)
    await keys.load()
    clock.seconds = 60.0
    source.text = b"<html>sorry</html>"
    assert await keys.find("unknown", "ES256") is None
    assert await keys.find("ES256", "ES256")
    assert "key set not read" in caplog.text


async def test_without_any_reading_nobody_is_told_that_a_token_is_wrong() -> None:
    keys = KeySet(BrokenSource())
    with pytest.raises(KeySetUnread):
        await keys.find("ES256", "ES256")
    with pytest.raises(KeySetUnread):
        await keys.load()


async def test_a_set_of_ten_minutes_is_read_again_beside_the_request() -> None:
    clock = Clock()
    source = PublishedKeys(key_set())
    keys = KeySet(source, clock)
    await keys.load()
    clock.seconds = 599.0
    keys.renew_when_due()
    clock.seconds = 600.0
    keys.renew_when_due()
    keys.renew_when_due()
    assert await keys.find("ES256", "ES256")
    await keys.load()
    assert source.reads == 2


async def test_only_a_change_is_told() -> None:
    clock = Clock()
    source = PublishedKeys(key_set(public_jwk("ES256", "k")))
    keys = KeySet(source, clock)
    told: list[str] = []
    keys.when_changed(lambda: told.append("changed"))
    await keys.load()
    await keys.load()
    assert not told
    source.text = key_set(public_jwk("ES256", "k", 1))
    await keys.load()
    assert told == ["changed"]


async def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(key_set())
    source = key_source(str(path))
    assert isinstance(source, FileKeySource)
    assert await source.read() == key_set()


async def test_a_missing_or_endless_file_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (KEY_SET_BYTES + 1))
    for path in (tmp_path / "missing.json", tmp_path, large):
        with pytest.raises(KeySetUnreadable):
            await FileKeySource(path).read()


def served(answer: httpx.Response) -> KeySource:
    return UrlKeySource("https://issuer.example/keys", httpx.MockTransport(lambda _: answer))


async def test_a_url_is_read() -> None:
    assert isinstance(key_source("https://issuer.example/keys"), UrlKeySource)
    assert await served(httpx.Response(200, content=key_set())).read() == key_set()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"location": "https://evil.example/"}),
        httpx.Response(404),
        httpx.Response(500, content=json.dumps({"keys": []}).encode()),
        httpx.Response(204),
        httpx.Response(200, content=b" " * (KEY_SET_BYTES + 1)),
    ],
)
async def test_a_redirect_an_error_and_an_endless_answer_are_refused(answer: httpx.Response) -> None:
    with pytest.raises(KeySetUnreadable):
        await served(answer).read()


async def test_an_issuer_that_cannot_be_reached_is_told_as_such() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    with pytest.raises(KeySetUnreadable, match="no route"):
        await UrlKeySource("https://issuer.example/keys", httpx.MockTransport(unreachable)).read()
