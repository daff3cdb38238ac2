"""The issuer's key set, kept in memory and read again and again, because keys are rotated and withdrawn.

A reading that fails or brings no usable key leaves the keys there are, until they are too old to be relied on. A key that is not
known has the set read again, at most once in a source's spacing however many such tokens come. One reading serves all who wait,
so that a key which the issuer has added is found in time beside any flood of keys that do not exist.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from app import limits
from app.auth.jwk import KeyName, PublicKey, usable_keys
from app.auth.key_source import KeySetUnreadable, KeySource

logger: Final = logging.getLogger("hpts.security")

RENEWED_AFTER_SECONDS: Final = 600.0
ATTEMPTS_SECONDS: Final = 5.0
"""Between looks at whether the set is due, and so between attempts while it cannot be read."""


class KeySetUnread(Exception):
    """No key set could be read so far, or not for too long."""


class KeyLookupsFull(Exception):
    """Too many requests wait for the next reading already."""


class KeySet:
    """`admits_development` is False in production; `clock` counts seconds from anywhere."""

    def __init__(
        self,
        source: KeySource,
        max_age_seconds: float = limits.KEY_SET_AGE_SECONDS,
        *,
        admits_development: bool = True,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._max_age_seconds = max_age_seconds
        self._renewed_after_seconds = min(RENEWED_AFTER_SECONDS, max_age_seconds / 6)
        self._admits_development = admits_development
        self._clock = clock
        self._sleep = sleep
        self._keys: dict[KeyName, PublicKey] = {}
        self._read_at: float | None = None
        self._attempted_at: float | None = None
        self._failure = ""
        self._reading: asyncio.Task[None] | None = None
        self._next_reading: asyncio.Task[None] | None = None
        self._waiting = 0
        self._listeners: list[Callable[[], None]] = []

    @property
    def age_seconds(self) -> float | None:
        """Since the reading that brought the keys there are; None before the first."""
        return None if self._read_at is None else self._clock() - self._read_at

    def when_changed(self, listener: Callable[[], None]) -> None:
        """`listener` is called after a reading has brought other keys than before."""
        self._listeners.append(listener)

    def is_current(self) -> bool:
        """Whether a reading that succeeded is recent enough for its keys to be relied on."""
        return self._read_at is not None and self._clock() - self._read_at < self._max_age_seconds

    async def keep_current(self) -> None:
        """Reads the set when it is due, or when the last attempt failed; to be called every ATTEMPTS_SECONDS."""
        if self._failure or self._read_at is None or self._clock() - self._read_at >= self._renewed_after_seconds:
            await asyncio.shield(self._schedule_reading())

    async def find(self, key_id: str, algorithm: str) -> PublicKey | None:
        """The key of this id that fits this algorithm; raises KeySetUnread and KeyLookupsFull."""
        if self.is_current():
            key = self._keys.get((key_id, algorithm))
            if key is not None:
                return key
            await self._wait_for(self._schedule_reading())
        elif self._reading is not None and not self._reading.done():
            await self._wait_for(self._reading)
        elif self._spacing_left() <= 0:
            await self._wait_for(self._schedule_reading())
        if not self.is_current():
            raise KeySetUnread
        return self._keys.get((key_id, algorithm))

    async def _wait_for(self, reading: asyncio.Task[None]) -> None:
        if self._waiting >= limits.KEY_LOOKUPS:
            raise KeyLookupsFull
        self._waiting += 1
        try:
            await asyncio.shield(reading)
        finally:
            self._waiting -= 1

    def _schedule_reading(self) -> asyncio.Task[None]:
        """The next reading that begins from now on: one under way may have been answered before a key was added."""
        if self._next_reading is None:
            self._next_reading = asyncio.get_running_loop().create_task(self._read_when_due())
        return self._next_reading

    async def _read_when_due(self) -> None:
        if self._reading is not None:
            await asyncio.wait([self._reading])
        if (seconds := self._spacing_left()) > 0:
            await self._sleep(seconds)
        self._reading, self._next_reading = self._next_reading, None
        await self._read()

    def _spacing_left(self) -> float:
        """Seconds until the set may be read again."""
        return 0.0 if self._attempted_at is None else self._attempted_at + self._source.spacing_seconds - self._clock()

    async def _read(self) -> None:
        self._attempted_at = began = self._clock()
        try:
            keys = usable_keys(await self._source.read(), admits_development=self._admits_development)
            if not keys:
                raise ValueError("it holds no usable key")
        except Exception as error:
            self._keep_after(error)
        else:
            self._failure, self._read_at = "", began
            self._replace(keys)

    def _keep_after(self, error: Exception) -> None:
        """Whatever went wrong, the keys there are stay; it is logged once while it goes on."""
        reason = str(error) or type(error).__name__
        if reason != self._failure:
            unexpected = None if isinstance(error, KeySetUnreadable | ValueError) else error
            logger.warning("the key set cannot be read, the keys there are stay: %s", reason, exc_info=unexpected)
        self._failure = reason

    def _replace(self, keys: dict[KeyName, PublicKey]) -> None:
        changed = bool(self._keys) and keys != self._keys
        self._keys = keys
        if changed:
            logger.info("the key set has changed")
            for listener in self._listeners:
                listener()
