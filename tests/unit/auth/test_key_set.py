"""The issuer's key set: when it is read again, who waits for it, and what a reading that fails leaves."""

import asyncio

import pytest

from app.auth.key_set import KeySet, KeySetUnread
from app.auth.key_source import KeySetUnreadable
from tests.unit.auth.tokens import PublishedKeys, key_set, public_jwk


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
