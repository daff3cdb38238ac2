"""Delivers the webhooks of all tenants: leases endpoints, and runs a delivery for each of those it holds.

| what | how often | cost |
|---|---|---|
| look for endpoints that nobody delivers to | once a second | one look-up |
| renew leases | every RENEW_SECONDS, if any is held | one statement |
| look for work, for endpoints that have none | at a wake-up, and every LOOK_FOR_WORK_SECONDS with leases | one statement |
| record attempts | every `recorder.RECORD_SECONDS`, if there are any | one transaction |

Any number of processes may do this on one database; an endpoint belongs to one of them at a time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Final
from uuid import uuid4

from app.background import run_periodically
from app.store.store import StoreUnavailable
from app.webhooks.attempt_counters import AttemptCounters
from app.webhooks.delivery_store import Attempt, Cursor, Lease, LeasedEndpoint
from app.webhooks.endpoint_delivery import AT_ONCE, Delivering, EndpointDelivery
from app.webhooks.endpoint_url import UrlRefused
from app.webhooks.recorder import AWAY_SECONDS, Recorder

logger: Final = logging.getLogger("hpts.webhooks")
LEASE_SECONDS: Final = 6.0
"""After a crash another process takes over when these have passed."""
RENEW_SECONDS: Final = 2.0
CLAIM_SECONDS: Final = 1.0
LOOK_FOR_WORK_SECONDS: Final = 0.25
WAKE_SECONDS: Final = 0.03
"""Between two looks for work, however often the deliverer is woken."""
ENDPOINTS_HELD: Final = 256
"""Endpoints that one process delivers to; of more, other processes take the rest."""
CONNECTIONS_AT_ONCE: Final = 1_024
"""Shared by all endpoints of a process."""


class Deliverer:
    """`run` until cancelled, then `close`. `counters` are None where nobody reads metrics."""

    def __init__(
        self, shared: Delivering, counters: AttemptCounters | None = None, *, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self._shared = shared
        self._counters = counters
        self._store = shared.store
        self._lease_seconds = lease_seconds
        self._owner = str(uuid4())
        self._held: dict[Lease, EndpointDelivery] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._recorder = Recorder(self._store, self._cursors, self._note_recorded, self._drop)
        self._renewed_at = 0.0
        self._used_at = asyncio.get_running_loop().time()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something was posted."""
        self._wake.set()

    def unused_seconds(self) -> float:
        """How long no endpoint has been held."""
        return asyncio.get_running_loop().time() - self._used_at

    async def run(self) -> None:
        """Each part goes on when the database is away."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._recorder.run())
            parts.create_task(run_periodically("leasing webhook endpoints", self._lease, CLAIM_SECONDS))
            parts.create_task(self._look_for_work())

    async def close(self) -> None:
        """Ends what is under way, records it, and gives the leases back."""
        leases = list(self._held)
        await asyncio.gather(*(delivery.close() for delivery in self._held.values()), *self._ending)
        await self._record_and_release(leases)

    async def _lease(self) -> None:
        try:
            await self._lease_endpoints()
        except StoreUnavailable as error:
            logger.warning("webhook endpoints cannot be leased: %s", error)

    async def _lease_endpoints(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._held:
            self._used_at = now
        if self._held and now - self._renewed_at >= RENEW_SECONDS:
            await self._renew(now)
        if len(self._held) < ENDPOINTS_HELD and await self._store.is_unattended():
            claimed = await self._store.claim(self._owner, self._lease_seconds, ENDPOINTS_HELD - len(self._held))
            self._renewed_at = self._renewed_at if self._held else now
            for endpoint in claimed:
                self._take(endpoint)
            self._share_connections()

    async def _renew(self, now: float) -> None:
        """Leases that could not be renewed in time may be another's by now."""
        try:
            renewed = {each.lease: each for each in await self._store.renew(list(self._held), self._lease_seconds)}
        except StoreUnavailable:
            if now - self._renewed_at >= self._lease_seconds:
                for lease in list(self._held):
                    self._drop(lease)
            raise
        self._renewed_at = now
        for lease, delivery in list(self._held.items()):
            if lease in renewed:
                delivery.refresh(renewed[lease])
            else:
                self._end(delivery)

    def _take(self, endpoint: LeasedEndpoint) -> None:
        try:
            delivery = EndpointDelivery(endpoint, self._shared, self._recorder, self._end)
        except UrlRefused as refused:
            logger.warning("webhook endpoint %s is not delivered to: %s", endpoint.lease.webhook_endpoint_id, refused)
            return
        self._held[endpoint.lease] = delivery
        delivery.start()

    def _share_connections(self) -> None:
        for delivery in self._held.values():
            delivery.limit(max(4, min(AT_ONCE, CONNECTIONS_AT_ONCE // len(self._held))))

    def _drop(self, lease: Lease) -> None:
        if (delivery := self._held.get(lease)) is not None:
            self._end(delivery)

    def _end(self, delivery: EndpointDelivery) -> None:
        """The endpoint is disabled or another's; what is under way still ends, and is recorded before the lease is given back."""
        if delivery.is_ending:
            return
        delivery.stop()
        ending = asyncio.create_task(self._give_back(delivery))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def _give_back(self, delivery: EndpointDelivery) -> None:
        await delivery.close()
        await self._record_and_release([delivery.lease])
        self._held.pop(delivery.lease, None)

    async def _record_and_release(self, leases: Sequence[Lease]) -> None:
        """A database that is away learns of nothing: the entries are sent again once the leases have run out."""
        try:
            await self._recorder.record()
            await self._store.release(leases)
        except StoreUnavailable as error:
            logger.warning("%d webhook endpoints are given back without a record: %s", len(leases), error)

    async def _look_for_work(self) -> None:
        """At a wake-up only endpoints without work are asked about; every now and then all are, since some may be due."""
        await run_periodically("looking for webhooks to deliver", self._look, WAKE_SECONDS)

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(LOOK_FOR_WORK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            asked = self._held
        else:
            asked = {lease: delivery for lease, delivery in self._held.items() if delivery.is_idle}
        self._wake.clear()
        if asked:
            await self._wake_those_with_work({lease: delivery.read_to for lease, delivery in asked.items()})

    async def _wake_those_with_work(self, read_to: Mapping[Lease, Cursor]) -> None:
        try:
            for lease in await self._store.with_work(read_to, self._shared.now()):
                if lease in self._held:
                    self._held[lease].wake()
        except StoreUnavailable:
            await asyncio.sleep(AWAY_SECONDS)

    def _cursors(self) -> Mapping[Lease, Cursor]:
        return {lease: delivery.trail.cursor for lease, delivery in self._held.items()}

    def _note_recorded(self, attempts: Sequence[Attempt]) -> None:
        if self._counters is not None:
            self._counters.note(attempts)
        for attempt in attempts:
            if (delivery := self._held.get(attempt.lease)) is not None:
                delivery.note_recorded(attempt)


async def run_until(stopped: Awaitable[object], deliverer: Deliverer) -> None:
    """Delivers until `stopped` returns, and then ends in good order."""
    running = asyncio.ensure_future(deliverer.run())
    stopping = asyncio.ensure_future(stopped)
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await deliverer.close()
