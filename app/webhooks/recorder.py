"""Keeps what was attempted, for all endpoints together: a few transactions a second, whatever the number of deliveries."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.store.store import StoreUnavailable
from app.webhooks.delivery_store import Attempt, Cursor, DeliveryStore, Lease

logger: Final = logging.getLogger("hpts.webhooks")
RECORD_SECONDS: Final = 0.2
"""Between two transactions: what is lost in a crash, and is then sent again."""
AWAY_SECONDS: Final = 1.0
"""Before a database that did not answer is asked again."""
ATTEMPTS_PER_RECORD: Final = 1_000
UNRECORDED: Final = 4_000
"""Attempts that may wait to be recorded; with more, no further one begins."""


class Recorder:
    """`cursors` are asked for at each transaction; `on_recorded` and `on_lost` are told what became of attempts and leases."""

    def __init__(
        self,
        store: DeliveryStore,
        cursors: Callable[[], Mapping[Lease, Cursor]],
        on_recorded: Callable[[Sequence[Attempt]], None],
        on_lost: Callable[[Lease], None],
    ) -> None:
        self._store = store
        self._cursors = cursors
        self._on_recorded = on_recorded
        self._on_lost = on_lost
        self._attempts: list[Attempt] = []
        self._recorded: dict[Lease, Cursor] = {}
        self._recording = asyncio.Lock()
        self._has_room = asyncio.Event()
        self._has_room.set()

    def add(self, attempt: Attempt) -> None:
        self._attempts.append(attempt)
        if len(self._attempts) >= UNRECORDED:
            self._has_room.clear()

    async def room(self) -> None:
        """Returns when a further attempt may begin."""
        await self._has_room.wait()

    async def run(self) -> None:
        """Until cancelled, which breaks off no transaction; a database that is away is asked again, with the same attempts."""
        while True:
            try:
                await asyncio.shield(self.record())
            except StoreUnavailable as error:
                logger.warning("%d attempts wait to be recorded: %s", len(self._attempts), error)
                await asyncio.sleep(AWAY_SECONDS)
            await asyncio.sleep(RECORD_SECONDS)

    async def record(self) -> None:
        """All that has been added so far. Raises StoreUnavailable, and then keeps what was not recorded."""
        async with self._recording:
            while await self._record_some():
                pass

    async def _record_some(self) -> bool:
        """Cursors go with the last attempts only, since they may be beyond what is still to be recorded."""
        some = self._attempts[:ATTEMPTS_PER_RECORD]
        is_last = len(some) == len(self._attempts)
        cursors = self._cursors() if is_last else {}
        moved = {lease: cursor for lease, cursor in cursors.items() if self._recorded.get(lease) != cursor}
        if not some and not moved:
            return False
        lost = await self._store.record(some, moved)
        del self._attempts[: len(some)]
        if is_last:
            self._recorded = dict(cursors)
        if len(self._attempts) < UNRECORDED:
            self._has_room.set()
        self._on_recorded(some)
        for lease in lost:
            self._on_lost(lease)
        return bool(self._attempts)
