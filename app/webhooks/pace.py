"""How many attempts to one endpoint are under way: as few as keep up, so that entries also arrive in the order they go out in.

A receiver that answers at once gets one request after the other. A slow one gets as many at once as its answers take long, and an
answer that does not come holds the next request back for PATIENCE_SECONDS only. An endpoint that does nothing but fail is slowed
down, so that a backlog for a receiver that is away costs the database little.
"""

import asyncio
from typing import Final

STARTS_PER_SECOND: Final = 2_000
"""Aimed at: with answers of 10 ms, 20 requests are under way."""
PATIENCE_SECONDS: Final = 0.02
FORGETTING: Final = 1.01
"""By which the quickest answer counts as longer with each further one. The quickest is what the receiver itself takes; an average
would hold what requests wait for one another there, and so bring ever more requests."""
FAILURES_IN_A_ROW: Final = 100
"""After which the endpoint counts as away."""
PAUSE_WHEN_AWAY_SECONDS: Final = 0.005


class Pace:
    """At most `most` attempts at once; an attempt takes its `turn` first, and says when it has ended."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._under_way = 0
        self._quickest = 0.0
        self._failures = 0
        self._ended = asyncio.Event()

    async def turn(self) -> None:
        """Returns when the next attempt may begin, which then counts as under way."""
        if self._failures >= FAILURES_IN_A_ROW:
            await asyncio.sleep(PAUSE_WHEN_AWAY_SECONDS)
        while self._under_way >= self._wanted():
            self._ended.clear()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS if self._under_way < self.most else None):
                    await self._ended.wait()
            except TimeoutError:
                break
        self._under_way += 1

    def end(self, seconds: float, *, is_delivered: bool) -> None:
        self._under_way -= 1
        self._quickest = min(seconds, self._quickest * FORGETTING) if self._quickest else seconds
        self._failures = 0 if is_delivered else self._failures + 1
        self._ended.set()

    def _wanted(self) -> int:
        return max(1, min(self.most, round(self._quickest * STARTS_PER_SECOND)))
