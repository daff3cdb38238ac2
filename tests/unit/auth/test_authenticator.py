"""How long a verified token is remembered."""

import time

import pytest

from app import limits
from app.auth import authenticator as authenticator_module
from app.auth.authenticator import Authenticator
from app.auth.key_set import KeySet
from app.auth.refusals import InvalidToken, TokensUnverifiable
from tests.unit.auth.tokens import RULES, PublishedKeys, key_set, public_jwk, token


def header(bearer: str) -> bytes:
    return f"Bearer {bearer}".encode()


def authenticator(source: PublishedKeys | None = None) -> Authenticator:
    return Authenticator(KeySet(source or PublishedKeys(key_set())), RULES)


async def test_a_verified_token_is_remembered() -> None:
    known = authenticator()
    seen = header(token())
    assert known.remembered(seen) is None
    caller = await known.authenticate(seen)
    assert known.remembered(seen) is caller


async def test_a_remembered_token_expires_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    known = authenticator()
    now = int(time.time())
    seen = header(token(exp=now + 3_600))
    await known.authenticate(seen)
    monkeypatch.setattr(authenticator_module, "time", lambda: now + 3_629.0)
    assert known.remembered(seen)
    monkeypatch.setattr(authenticator_module, "time", lambda: now + 3_630.0)
    assert known.remembered(seen) is None


async def test_a_remembered_token_is_forgotten_when_the_keys_change() -> None:
    source = PublishedKeys(key_set(public_jwk("ES256", "ES256")))
    known = authenticator(source)
    seen = header(token())
    await known.authenticate(seen)
    source.text = key_set(public_jwk("ES256", "other", 1))
    assert await known.keys.find("other", "ES256")
    assert known.remembered(seen) is None
    with pytest.raises(InvalidToken):
        await known.authenticate(seen)


async def test_a_remembered_token_waits_for_its_time_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    known = authenticator()
    now = int(time.time())
    seen = header(token(iat=now, nbf=now))
    await known.authenticate(seen)
    monkeypatch.setattr(authenticator_module, "time", lambda: now - 30.0)
    assert known.remembered(seen)
    monkeypatch.setattr(authenticator_module, "time", lambda: now - 31.0)
    assert known.remembered(seen) is None


async def test_a_remembered_token_is_not_verified_by_keys_that_are_too_old() -> None:
    seconds = 0.0
    source = PublishedKeys(key_set())
    known = Authenticator(KeySet(source, 3_600, clock=lambda: seconds), RULES)
    seen = header(token())
    await known.authenticate(seen)
    seconds = 3_599.0
    assert known.remembered(seen)
    source.text, seconds = b"", 3_600.0
    assert known.remembered(seen) is None
    with pytest.raises(TokensUnverifiable):
        await known.authenticate(seen)


async def test_a_token_whose_key_cannot_be_looked_up_now_is_not_said_to_be_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    known = authenticator()
    await known.authenticate(header(token()))
    monkeypatch.setattr(limits, "KEY_LOOKUPS", 0)
    with pytest.raises(TokensUnverifiable):
        await known.authenticate(header(token(headers={"kid": "new"})))


async def test_the_token_verified_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authenticator_module, "REMEMBERED", 2)
    known = authenticator()
    first, second, third = (header(token(sub=name)) for name in ("first", "second", "third"))
    for each in (first, second, first, third):
        await known.authenticate(each)
    assert known.remembered(first)
    assert known.remembered(second) is None
    assert known.remembered(third)


async def test_a_refused_token_is_not_remembered() -> None:
    known = authenticator()
    with pytest.raises(InvalidToken):
        await known.authenticate(header(token(which=1)))
    assert not known.known
