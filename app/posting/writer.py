"""The group-commit writer: commands that arrive while transactions are under way are posted together in the next one.

| step | what happens | cost |
|---|---|---|
| submit | refused at once when the key is under way here (409) or the queue is full (503) | one look-up |
| take | at most `limits.BATCH` commands, tenants in turn | in memory |
| post | claim, decide, write, commit: `app.store.transaction` | one transaction, whatever the size |
| answer | only after the commit | one wake-up a command |

PostgreSQL has a few batches under way at once, which their locks isolate as they do those of several processes; SQLite has one.

When the database rejects a batch, its commands are posted again one at a time, so that the failing command is isolated; a command
that met another writer's posting is tried again, and then sees it.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from app import limits
from app.ledger.events.event import Event
from app.ledger.refusals import ReversalBlocked
from app.posting.batch import Batch
from app.posting.blocking_entries import ReadBucketLines, name_blocking_entries
from app.posting.command import Command, PostingRequest, PostingResult
from app.posting.command_queue import CommandQueue
from app.posting.refusals import IdempotencyInProgress, Overloaded
from app.store.store import Store, StoreConflict, StoreUnavailable

logger: Final = logging.getLogger("hpts.posting")


class Writer:
    """One per process. `run` must be running for `submit` to answer."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        new_id: Callable[[int, int], str],
        *,
        read_bucket_lines: ReadBucketLines,
        one_tenant_batches: bool = False,
    ) -> None:
        self._store = store
        self._now = now
        self._new_id = new_id
        self._read_bucket_lines = read_bucket_lines
        self._queue = CommandQueue(one_tenant_batches)
        self._answers: dict[tuple[str, str], asyncio.Future[PostingResult]] = {}
        self._wake = asyncio.Event()
        self._is_closing = False

    async def submit(self, request: PostingRequest, event: Event) -> PostingResult:
        """Post an event durably, or find the answer it got the first time; a caller that goes away does not cancel the posting.

        Raises the event's Refusals, IdempotencyMismatch, IdempotencyInProgress, Overloaded, StoreUnavailable.
        """
        command = Command(request, event)
        if command.key in self._answers:
            raise IdempotencyInProgress
        if self._is_closing or self._queue.is_full():
            raise Overloaded
        answer: asyncio.Future[PostingResult] = asyncio.get_running_loop().create_future()
        self._answers[command.key] = answer
        self._queue.put(command)
        self._wake.set()
        try:
            return await answer
        except ReversalBlocked as blocked:
            raise await name_blocking_entries(blocked, request.tenant_id, self._read_bucket_lines) from None

    async def run(self) -> None:
        """Post batches, as many at once as the store takes, until `close`; what waits then is still posted."""
        await asyncio.gather(*(self._post_waiting() for _ in range(self._store.batches_at_once)))

    async def _post_waiting(self) -> None:
        while not self._is_closing or len(self._queue):
            await self._wake.wait()
            while len(self._queue):
                await self._post(self._queue.take())
            if not self._is_closing:
                self._wake.clear()

    def close(self) -> None:
        """Refuse new commands, and let `run` return once the queue is empty."""
        self._is_closing = True
        self._wake.set()

    async def _post(self, commands: list[Command], tries: int = 1) -> None:
        try:
            await self._store.post(Batch(commands, self._now, self._new_id))
        except StoreUnavailable as error:
            logger.error("database unavailable, %d postings not answered: %s", len(commands), error)
            self._fail(commands, error)
        except Exception as error:
            await self._post_again(commands, error, tries)
        else:
            for command in commands:
                self._answer(command)

    async def _post_again(self, commands: list[Command], error: Exception, tries: int) -> None:
        if len(commands) > 1:
            logger.warning("a batch of %d was rejected, posting one by one: %s", len(commands), error)
            for command in commands:
                await self._post([command])
        elif isinstance(error, StoreConflict) and tries < limits.CONFLICT_TRIES:
            await self._post(commands, tries + 1)
        else:
            logger.error("posting failed", exc_info=error)
            self._fail(commands, StoreUnavailable(str(error)) if isinstance(error, StoreConflict) else error)

    def _answer(self, command: Command) -> None:
        assert command.outcome is not None, "a batch decides every command"
        answer = self._answers.pop(command.key)
        if answer.cancelled():
            return
        if isinstance(command.outcome, PostingResult):
            answer.set_result(command.outcome)
        else:
            answer.set_exception(command.outcome)

    def _fail(self, commands: list[Command], error: Exception) -> None:
        for command in commands:
            answer = self._answers.pop(command.key)
            if not answer.cancelled():
                answer.set_exception(error)
