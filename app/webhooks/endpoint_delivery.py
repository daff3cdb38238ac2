"""Delivery to one endpoint, as long as its lease lasts: first attempts in posting order, and beside them whatever is due.

The two go at paces of their own, so that neither new entries nor repeated ones keep the others waiting.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.store.store import StoreUnavailable
from app.webhooks.cursor_trail import CursorTrail
from app.webhooks.delivery_store import Attempt, DeliveryError, DeliveryStore, EntryPage, LeasedEndpoint, PendingEntry
from app.webhooks.endpoint_url import parse_endpoint_url
from app.webhooks.http_connection import ReceiverAnswer
from app.webhooks.message import MessageWriter
from app.webhooks.pace import Pace
from app.webhooks.receiver import Network, NoAnswer, Receiver
from app.webhooks.recorder import AWAY_SECONDS, Recorder
from app.webhooks.retry_schedule import is_given_up, next_attempt_at

logger: Final = logging.getLogger("hpts.webhooks")
ENTRIES_PER_PAGE: Final = 256
"""Entries in memory for each endpoint, whatever its backlog."""
AT_ONCE: Final = 64
"""Attempts to one endpoint at once, for each of its two paces."""
_OK: Final = 200
_GONE: Final = 410


@dataclass(frozen=True, slots=True)
class Delivering:
    """What the deliveries to all endpoints share. `chance` is from 0 to 1, `user_agent` the header."""

    store: DeliveryStore
    network: Network
    now: Callable[[], datetime]
    chance: Callable[[], float]
    user_agent: str
    private_hosts: frozenset[str]


class EndpointDelivery:
    """`on_ended` is called when the endpoint turns out to be disabled, or leased to another owner."""

    def __init__(
        self, endpoint: LeasedEndpoint, shared: Delivering, recorder: Recorder, on_ended: Callable[["EndpointDelivery"], None]
    ) -> None:
        self.lease = endpoint.lease
        self.trail = CursorTrail(endpoint.cursor)
        self.read_to = endpoint.cursor
        self.is_idle = False
        self.is_ending = False
        self._shared = shared
        self._recorder = recorder
        self._on_ended = on_ended
        self._secrets = endpoint.secrets
        self._failing_since = endpoint.failing_since
        url = parse_endpoint_url(endpoint.url, shared.private_hosts)
        self._receiver = Receiver(url, shared.network)
        self._messages = MessageWriter(endpoint.lease.tenant_id, url, shared.user_agent)
        self._paces = Pace(AT_ONCE), Pace(AT_ONCE)
        self._wakes = asyncio.Event(), asyncio.Event()
        self._busy: set[str] = set()
        self._attempts: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []

    def start(self) -> None:
        first, repeated = self._paces
        self._loops = [
            asyncio.create_task(self._deliver(self._untried, first, self._wakes[0])),
            asyncio.create_task(self._deliver(self._due, repeated, self._wakes[1])),
        ]

    def limit(self, at_once: int) -> None:
        """The share of this endpoint in the connections of the process."""
        for pace in self._paces:
            pace.most = min(AT_ONCE, at_once)

    def refresh(self, endpoint: LeasedEndpoint) -> None:
        """The endpoint as it is at a renewal of the lease."""
        self._secrets = endpoint.secrets
        if endpoint.failing_since is None:
            self._failing_since = None

    def wake(self) -> None:
        """There may be something to deliver."""
        for wake in self._wakes:
            wake.set()

    def note_recorded(self, attempt: Attempt) -> None:
        self._busy.discard(attempt.entry.journal_entry_id)

    def stop(self) -> None:
        """No further attempt begins."""
        self.is_ending = True
        for loop in self._loops:
            loop.cancel()

    async def close(self) -> None:
        """Returns when the attempts under way have ended, which an attempt's time-out sees to."""
        self.stop()
        await asyncio.gather(*self._loops, *self._attempts, return_exceptions=True)
        self._receiver.close()

    async def _deliver(self, read: Callable[[], Awaitable[EntryPage | None]], pace: Pace, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            try:
                page = await read()
            except StoreUnavailable as error:
                logger.warning("entries to deliver cannot be read: %s", error)
                await asyncio.sleep(AWAY_SECONDS)
                continue
            if page is None:
                self._on_ended(self)
                return
            self._secrets = page.secrets
            if page.entries:
                await self._begin_all(page.entries, pace)
            elif not wake.is_set():
                await wake.wait()

    async def _begin_all(self, entries: Sequence[PendingEntry], pace: Pace) -> None:
        for entry in entries:
            await self._recorder.room()
            await pace.turn()
            attempt = asyncio.create_task(self._attempt(entry, pace))
            self._attempts.add(attempt)
            attempt.add_done_callback(self._attempts.discard)

    async def _untried(self) -> EntryPage | None:
        """Entries are marked as begun in the order in which they stand, before any of them ends."""
        while True:
            self.is_idle = False
            page = await self._shared.store.untried(self.lease, self.read_to, ENTRIES_PER_PAGE)
            if page is None:
                return None
            has_moved, self.read_to = page.cursor != self.read_to, page.cursor
            for entry in page.entries:
                assert entry.cursor is not None, "an untried entry has a place"
                self.trail.begin(entry.cursor)
                self._busy.add(entry.journal_entry_id)
            self.trail.pass_over(page.cursor)
            if page.entries or not has_moved:
                self.is_idle = not page.entries
                return page

    async def _due(self) -> EntryPage | None:
        limit = len(self._busy) + ENTRIES_PER_PAGE
        page = await self._shared.store.due(self.lease, self._shared.now(), limit)
        if page is None:
            return None
        entries = [entry for entry in page.entries if entry.journal_entry_id not in self._busy][:ENTRIES_PER_PAGE]
        self._busy.update(entry.journal_entry_id for entry in entries)
        return EntryPage(entries, page.cursor, page.secrets)

    async def _attempt(self, entry: PendingEntry, pace: Pace) -> None:
        loop = asyncio.get_running_loop()
        began, started_at = loop.time(), self._shared.now()
        answer: ReceiverAnswer | None = None
        error: DeliveryError | None = None
        try:
            answer = await self._receiver.send(self._messages.request(entry, self._secrets, started_at))
        except NoAnswer as no_answer:
            error = no_answer.error
        except Exception:
            logger.exception("an attempt to deliver entry %s failed for a reason of ours", entry.journal_entry_id)
            error = "closed"
        attempt = self._judge(entry, started_at, answer, error)
        pace.end(loop.time() - began, is_delivered=attempt.status == "delivered")
        if entry.cursor is not None:
            self.trail.settle(entry.cursor)
        self._recorder.add(attempt)
        if attempt.disables:
            self._on_ended(self)

    def _judge(
        self, entry: PendingEntry, started_at: datetime, answer: ReceiverAnswer | None, error: DeliveryError | None
    ) -> Attempt:
        """What the attempt means for the entry and for the endpoint."""
        ended_at = self._shared.now()
        status, retry_after = answer if answer is not None else (None, None)
        if status == _OK:
            self._failing_since = None
            return Attempt(self.lease, entry, started_at, ended_at, "delivered", response_status=status)
        self._failing_since = self._failing_since or started_at
        disables = status == _GONE or is_given_up(self._failing_since, ended_at)
        next_at = next_attempt_at(entry.round_attempts + 1, ended_at, retry_after, self._shared.chance())
        if disables:
            reason = "the receiver answered 410" if status == _GONE else "five days of nothing but failures"
            endpoint = self.lease.webhook_endpoint_id
            logger.warning("webhook endpoint %s of tenant %s is disabled: %s", endpoint, self.lease.tenant_id, reason)
            next_at = next_at or ended_at
        return Attempt(
            self.lease,
            entry,
            started_at,
            ended_at,
            "failed" if next_at is None else "pending",
            next_at,
            response_status=status,
            error=error,
            disables=disables,
        )
