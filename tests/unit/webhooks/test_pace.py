"""How many attempts are under way: one by one to a receiver that answers at once, many to one that is slow."""

import asyncio
from contextlib import suppress

import pytest

from app.webhooks import pace as pace_module
from app.webhooks.pace import FAILURES_IN_A_ROW, PAUSE_WHEN_AWAY_SECONDS, Pace
from tests.support.waiting import HANG_SECONDS

NEVER_SECONDS = 0.3
"""Longer than the pace waits for an answer by itself."""


async def waits(pace: Pace, seconds: float = NEVER_SECONDS) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await pace.turn()
        return False
    return True


async def test_a_quick_receiver_gets_the_next_entry_when_it_has_answered() -> None:
    pace = Pace(64)
    for _ in range(50):
        await pace.turn()
        pace.end(0.0004, is_delivered=True)
    await pace.turn()
    assert await waits(pace, pace_module.PATIENCE_SECONDS / 4)
    pace.end(0.0004, is_delivered=True)
    assert not await waits(pace)


async def test_an_answer_that_does_not_come_holds_the_next_entry_back_for_a_moment_only() -> None:
    pace = Pace(3)
    assert [await waits(pace) for _ in range(4)] == [False, False, False, True]


async def test_a_slow_receiver_gets_many_at_once_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "PATIENCE_SECONDS", HANG_SECONDS)
    pace = Pace(64)
    await pace.turn()
    pace.end(0.1, is_delivered=True)
    for _ in range(64):
        await pace.turn()


async def test_what_requests_wait_for_one_another_brings_no_more_of_them() -> None:
    pace = Pace(64)
    for seconds in (0.0004, *[0.002] * 20):
        await pace.turn()
        pace.end(seconds, is_delivered=True)
    await pace.turn()
    assert await waits(pace, pace_module.PATIENCE_SECONDS / 4)


async def test_an_endpoint_that_does_nothing_but_fail_is_slowed_down_until_it_answers() -> None:
    pace, clock = Pace(1), asyncio.get_running_loop().time
    for _ in range(FAILURES_IN_A_ROW):
        await pace.turn()
        pace.end(0.0, is_delivered=False)
    began = clock()
    await pace.turn()
    assert clock() - began >= PAUSE_WHEN_AWAY_SECONDS * 0.9
    pace.end(0.0, is_delivered=True)
    assert not await waits(pace, 0)
