"""Periodic work is done at once and after every interval, until it is cancelled, whatever fails."""

import asyncio

import pytest

from app.background import run_periodically


class Naps:
    """Sleeping that lasts until it is let on; `asleep` is set by each nap."""

    def __init__(self) -> None:
        self.asleep = asyncio.Event()
        self.wake = asyncio.Event()
        self.lengths: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.lengths.append(seconds)
        self.asleep.set()
        await self.wake.wait()
        self.wake.clear()


class Counted:
    """Work that counts how often it is done, and fails the times it is told to."""

    def __init__(self, fails_at: int = 0) -> None:
        self.times = 0
        self.fails_at = fails_at

    async def __call__(self) -> None:
        self.times += 1
        if self.times == self.fails_at:
            raise OSError("no such host")


async def done_twice(work: Counted, naps: Naps) -> asyncio.Task[None]:
    running = asyncio.create_task(run_periodically("counting", work, 3_600, naps))
    await naps.asleep.wait()
    assert work.times == 1
    naps.asleep.clear()
    naps.wake.set()
    await naps.asleep.wait()
    return running


async def test_work_is_done_at_start_and_every_interval_until_cancelled() -> None:
    work, naps = Counted(), Naps()
    running = await done_twice(work, naps)
    assert (work.times, naps.lengths) == (2, [3_600, 3_600])
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_work_goes_on_after_an_error_that_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    work, naps = Counted(fails_at=1), Naps()
    running = await done_twice(work, naps)
    assert work.times == 2
    assert "counting failed" in caplog.text
    running.cancel()
