"""The issuer's key set, kept in memory and read again when it may have changed.

A key id that is not known has it read again, at most once a minute however many such tokens come; one reading serves all
who wait. A reading that fails keeps the keys there are.
"""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import Final

from app.auth.jwk import KeyName, PublicKey, usable_keys
from app.auth.key_source import KeySetUnreadable, KeySource

logger: Final = logging.getLogger("hpts.security")

RENEWED_AFTER_SECONDS: Final = 600.0
SPACED_SECONDS: Final = 60.0
SPACED_UNREAD_SECONDS: Final = 5.0
"""Between attempts while no key set was ever read, when every request is refused anyway."""


class KeySetUnread(Exception):
    """No key set could be read so far."""


class KeySet:
    """`clock` counts seconds from anywhere."""

    def __init__(self, source: KeySource, clock: Callable[[], float] = monotonic) -> None:
        self._source = source
        self._clock = clock
        self._keys: dict[KeyName, PublicKey] | None = None
        self._attempted_at: float | None = None
        self._reading: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []

    def when_changed(self, listener: Callable[[], None]) -> None:
        """`listener` is called after a reading has brought other keys than before."""
        self._listeners.append(listener)

    async def load(self) -> None:
        """Reads the key set now; raises KeySetUnread when there is still none afterwards."""
        await self._read_together()
        if self._keys is None:
            raise KeySetUnread

    async def find(self, key_id: str, algorithm: str) -> PublicKey | None:
        """The key of this id that fits this algorithm; raises KeySetUnread."""
        self.renew_when_due()
        key = self._keys.get((key_id, algorithm)) if self._keys is not None else None
        if key is None and self._may_read():
            await self._read_together()
            key = self._keys.get((key_id, algorithm)) if self._keys is not None else None
        if self._keys is None:
            raise KeySetUnread
        return key

    def renew_when_due(self) -> None:
        """Starts reading the key set again in the background when it is too old; the request does not wait."""
        if self._attempted_at is not None and self._clock() - self._attempted_at >= RENEWED_AFTER_SECONDS:
            self._start_reading()

    def _may_read(self) -> bool:
        if self._reading is not None or self._attempted_at is None:
            return True
        spacing = SPACED_UNREAD_SECONDS if self._keys is None else SPACED_SECONDS
        return self._clock() - self._attempted_at >= spacing

    async def _read_together(self) -> None:
        await asyncio.shield(self._start_reading())

    def _start_reading(self) -> asyncio.Task[None]:
        if self._reading is None:
            self._attempted_at = self._clock()
            self._reading = asyncio.get_running_loop().create_task(self._read())
        return self._reading

    async def _read(self) -> None:
        try:
            self._replace(usable_keys(await self._source.read()))
        except (KeySetUnreadable, ValueError) as error:
            logger.warning("key set not read, the keys there are stay: %s", error)
        finally:
            self._reading = None

    def _replace(self, keys: dict[KeyName, PublicKey]) -> None:
        changed = self._keys is not None and keys != self._keys
        self._keys = keys
        if not keys:
            logger.warning("the key set holds no usable key: every token will be refused")
        if changed:
            logger.info("the key set has changed")
            for listener in self._listeners:
                listener()
