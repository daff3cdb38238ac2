"""The issuer's key set: when it is read again, who waits for it, and what a reading that fails leaves."""

import asyncio
from collections.abc import Callable

import pytest

from app import limits
from app.auth.key_set import RENEWED_AFTER_SECONDS, KeyLookupsFull, KeySet, KeySetUnread
from app.auth.key_source import URL_SPACING_SECONDS, KeySetUnreadable
from app.settings import DEV_KEY_MARK
from tests.unit.auth.tokens import PublishedKeys, key_set, public_jwk

HOUR = limits.KEY_SET_AGE_SECONDS


class Clock:
    """Seconds pass when somebody sleeps, or when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


class SpacedKeys(PublishedKeys):
    """Like a URL; `breaks` may raise at a reading."""

    spacing_seconds = URL_SPACING_SECONDS

    def __init__(self, text: bytes, breaks: Callable[[], None] = lambda: None) -> None:
        super().__init__(text)
        self.breaks = breaks

    async def read(self) -> bytes:
        text = await super().read()
        self.breaks()
        return text


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


def out_of_order() -> None:
    raise KeySetUnreadable("out of order")


def opened(source: PublishedKeys, clock: Clock) -> KeySet:
    return KeySet(source, clock=clock, sleep=clock.sleep)


async def test_a_key_that_was_added_is_found_by_the_first_who_asks_for_it() -> None:
    clock = Clock()
    source = SpacedKeys(key_set(public_jwk("ES256", "old")))
    keys = opened(source, clock)
    assert await keys.find("old", "ES256")
    source.text = key_set(public_jwk("ES256", "new", 1))
    assert await keys.find("new", "ES256")
    assert clock.seconds <= 5
    assert await keys.find("old", "ES256") is None


async def test_a_key_that_was_added_is_found_in_five_seconds_beside_a_flood_of_unknown_ones() -> None:
    clock = Clock()
    source = SpacedKeys(key_set(public_jwk("ES256", "old")))
    keys = opened(source, clock)
    await keys.keep_current()
    found = False
    for number in range(10):
        flood = [asyncio.create_task(keys.find(f"none-{number}-{each}", "ES256")) for each in range(100)]
        await asyncio.sleep(0)
        if number == 1:
            source.text, added_at = key_set(public_jwk("ES256", "new", 1)), clock.seconds
        if number > 1 and not found:
            found = await keys.find("new", "ES256") is not None
            assert clock.seconds - added_at <= 5
        assert await asyncio.gather(*flood) == [None] * 100
    assert found
    assert source.reads <= clock.seconds / URL_SPACING_SECONDS + 1, "the flood does not reach the issuer"


async def test_a_reading_under_way_does_not_answer_for_a_key_that_is_asked_for_later() -> None:
    """The issuer may have answered it before the key was added."""
    source = HeldSource(key_set(public_jwk("ES256", "old")))
    keys = KeySet(source)
    source.released.set()
    await keys.keep_current()
    source.asked.clear()
    source.released.clear()
    first = asyncio.create_task(keys.find("unknown", "ES256"))
    await source.asked.wait()
    source.text = key_set(public_jwk("ES256", "new", 1))
    second = asyncio.create_task(keys.find("new", "ES256"))
    await asyncio.sleep(0)
    source.released.set()
    assert await first is None
    assert await second
    assert source.reads == 3


async def test_no_more_than_the_limit_wait_for_a_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEY_LOOKUPS", 8)
    source = HeldSource(key_set())
    keys = KeySet(source)
    source.released.set()
    await keys.keep_current()
    source.released.clear()
    waiting = [asyncio.create_task(keys.find(f"{number}", "ES256")) for number in range(8)]
    await asyncio.sleep(0)
    with pytest.raises(KeyLookupsFull):
        await keys.find("one more", "ES256")
    assert await keys.find("ES256", "ES256"), "a known key waits for nothing"
    source.released.set()
    assert await asyncio.gather(*waiting) == [None] * 8
    assert await keys.find("and now", "ES256") is None


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


BAD_SETS = {
    "no JSON": b"<html>sorry</html>",
    "nothing": b"",
    "no key": b'{"keys":[]}',
    "no usable key": key_set(public_jwk("ES256", "k", use="enc")),
    "no key set": b"{}",
}


@pytest.mark.parametrize("text", BAD_SETS.values(), ids=BAD_SETS)
async def test_a_bad_set_never_replaces_a_good_one_until_the_good_one_is_too_old(
    text: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    source = SpacedKeys(key_set())
    keys = opened(source, clock)
    await keys.keep_current()
    source.text = text
    assert await keys.find("unknown", "ES256") is None
    assert await keys.find("ES256", "ES256")
    clock.seconds = HOUR - 1
    assert keys.is_current()
    assert await keys.find("ES256", "ES256")
    clock.seconds = HOUR
    assert not keys.is_current()
    with pytest.raises(KeySetUnread):
        await keys.find("ES256", "ES256")
    assert [record.message for record in caplog.records if "cannot be read" in record.message], "it is in the log"
    source.text = key_set()
    await keys.keep_current()
    assert keys.is_current()
    assert await keys.find("ES256", "ES256")


async def test_a_bad_set_at_the_start_is_no_set() -> None:
    keys = KeySet(PublishedKeys(b'{"keys":[]}'))
    with pytest.raises(KeySetUnread):
        await keys.find("ES256", "ES256")
    assert not keys.is_current()


async def test_whatever_a_reading_raises_is_a_failure_of_it() -> None:
    def break_down() -> None:
        raise RuntimeError("unheard of")

    keys = KeySet(SpacedKeys(key_set(), break_down))
    with pytest.raises(KeySetUnread):
        await keys.find("ES256", "ES256")


async def test_a_set_with_a_development_key_counts_as_unread_where_it_is_not_admitted() -> None:
    source = PublishedKeys(key_set())
    keys = KeySet(source, admits_development=False)
    await keys.keep_current()
    source.text = key_set(public_jwk("ES256", "dev", 1, **{DEV_KEY_MARK: True}))
    assert await keys.find("dev", "ES256") is None
    assert await keys.find("ES256", "ES256")
    assert not await _reads(KeySet(source, admits_development=False))
    assert await _reads(KeySet(source))


async def _reads(keys: KeySet) -> bool:
    await keys.keep_current()
    return keys.is_current()


async def test_while_the_set_cannot_be_read_no_request_waits_for_more_than_one_attempt() -> None:
    clock = Clock()
    source = SpacedKeys(key_set(), out_of_order)
    keys = opened(source, clock)
    for _ in range(5):
        with pytest.raises(KeySetUnread):
            await keys.find("ES256", "ES256")
    assert (source.reads, clock.seconds) == (1, 0)
    clock.seconds = URL_SPACING_SECONDS
    source.breaks = lambda: None
    assert await keys.find("ES256", "ES256")


async def test_the_set_is_read_every_ten_minutes_and_after_a_failure_at_once() -> None:
    clock = Clock()
    source = SpacedKeys(key_set())
    keys = opened(source, clock)
    await keys.keep_current()
    clock.seconds = RENEWED_AFTER_SECONDS - 1
    await keys.keep_current()
    assert source.reads == 1
    clock.seconds = RENEWED_AFTER_SECONDS
    source.breaks = out_of_order
    await keys.keep_current()
    assert source.reads == 2
    clock.seconds += 5
    source.breaks = lambda: None
    await keys.keep_current()
    clock.seconds += 5
    await keys.keep_current()
    assert source.reads == 3


async def test_a_set_of_a_short_age_is_read_more_often() -> None:
    clock = Clock()
    source = SpacedKeys(key_set())
    keys = KeySet(source, 60, clock=clock, sleep=clock.sleep)
    await keys.keep_current()
    clock.seconds = 10
    await keys.keep_current()
    assert source.reads == 2


async def test_a_failure_that_repeats_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    source = SpacedKeys(key_set(), out_of_order)
    keys = opened(source, clock)
    for _ in range(3):
        await keys.keep_current()
    assert [record.message.endswith("out of order") for record in caplog.records] == [True]


async def test_only_a_change_is_told() -> None:
    source = PublishedKeys(key_set(public_jwk("ES256", "k")))
    keys = KeySet(source)
    told: list[str] = []
    keys.when_changed(lambda: told.append("changed"))
    for _ in range(2):
        assert await keys.find("other", "ES256") is None
    assert not told
    source.text = key_set(public_jwk("ES256", "k", 1))
    assert await keys.find("other", "ES256") is None
    assert told == ["changed"]
