"""The group-commit writer: commands that arrive while transactions are under way are posted together in the next one.

| step | what happens | cost |
|---|---|---|
| submit | refused at once when the key is under way here (409) or the queue is full (503) | one look-up |
| take | at most `limits.BATCH` commands, tenants in turn | in memory |
| post | claim, decide, write, commit: `app.store.transaction` | one transaction, whatever the size |
| answer | only after the commit | one wake-up a command |

On PostgreSQL a few batches are under way at once when enough commands wait; their locks isolate them as they do those of several
processes. SQLite has one.

A command whose loans another transaction holds is not waited for: the others of its batch are posted, and it is tried again, ever
less often, until it is answered 503 after `limits.LOCKED_SECONDS`. Where a row that all of a tenant's postings change is locked,
the tenant's commands are tried apart from all others.

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
from app.posting.deferred_commands import DeferredCommands
from app.posting.refusals import IdempotencyInProgress, Overloaded, PostingLocked
from app.store.store import Store, StoreConflict, StoreLocked, StoreUnavailable

logger: Final = logging.getLogger("hpts.posting")


class Writer:
    """One per process. `run` must be running for `submit` to answer; `on_posted` is called after each commit."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        new_id: Callable[[int, int], str],
        *,
        read_bucket_lines: ReadBucketLines,
        one_tenant_batches: bool = False,
        locked_seconds: float = limits.LOCKED_SECONDS,
        on_posted: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._now = now
        self._new_id = new_id
        self._read_bucket_lines = read_bucket_lines
        self._queue = CommandQueue(one_tenant_batches)
        self._locked_seconds = locked_seconds
        self._on_posted = on_posted
        self._answers: dict[tuple[str, str], asyncio.Future[PostingResult]] = {}
        self._deferred = DeferredCommands(self._put)
        self._wake = asyncio.Event()
        self._is_closing = False

    async def submit(self, request: PostingRequest, event: Event) -> PostingResult:
        """Post an event durably, or find the answer it got the first time; a caller that goes away does not cancel the posting.

        Raises the event's Refusals, IdempotencyMismatch, IdempotencyInProgress, Overloaded, PostingLocked, StoreUnavailable.
        """
        loop = asyncio.get_running_loop()
        command = Command(request, event, expires_at=loop.time() + self._locked_seconds)
        if command.key in self._answers:
            raise IdempotencyInProgress
        if self._is_closing or self._queue.is_full():
            raise Overloaded
        answer: asyncio.Future[PostingResult] = loop.create_future()
        self._answers[command.key] = answer
        self._put(command)
        try:
            return await answer
        except ReversalBlocked as blocked:
            raise await name_blocking_entries(blocked, request.tenant_id, self._read_bucket_lines) from None

    @property
    def queue_depth(self) -> int:
        """Postings that no transaction has taken yet."""
        return len(self._queue)

    async def run(self) -> None:
        """Post batches, as many at once as the store takes, until `close`; what waits then is still posted."""
        await asyncio.gather(*(self._post_waiting() for _ in range(self._store.batches_at_once)))

    async def _post_waiting(self) -> None:
        while commands := await self._next_batch():
            try:
                await self._post(commands)
            finally:
                self._queue.release(commands)
                self._wake.set()

    async def _next_batch(self) -> list[Command]:
        """Empty once the writer is closing and every command is answered."""
        while True:
            if commands := self._queue.take():
                return commands
            if self._is_closing and not self._answers:
                return []
            self._wake.clear()
            await self._wake.wait()

    def close(self) -> None:
        """Refuse new commands, and let `run` return once every command is answered."""
        self._is_closing = True
        self._wake.set()

    async def _post(self, commands: list[Command], tries: int = 1) -> None:
        try:
            await self._store.post(Batch(commands, self._now, self._new_id))
        except StoreUnavailable as error:
            logger.error("database unavailable, %d postings not answered: %s", len(commands), error)
            self._fail(commands, error)
        except StoreLocked as error:
            await self._post_apart(commands, error)
        except Exception as error:
            await self._post_again(commands, error, tries)
        else:
            self._on_posted()
            self._deferred.end_pauses_for(commands)
            for command in commands:
                self._queue.readmit(command.request.tenant_id)
                if command.outcome is None:
                    self._defer(command)
                else:
                    self._answer(command)

    async def _post_apart(self, commands: list[Command], error: StoreLocked) -> None:
        """Each tenant's commands by themselves; those of a single tenant wait, and from now on with no other's."""
        of_tenants: dict[str, list[Command]] = {}
        for command in commands:
            of_tenants.setdefault(command.request.tenant_id, []).append(command)
        if len(of_tenants) > 1 and not error.everything:
            for of_tenant in of_tenants.values():
                await self._post(of_tenant)
            return
        logger.warning("locked, %d postings are tried again: %s", len(commands), error)
        for command in commands:
            if not error.everything:
                self._queue.set_apart(command.request.tenant_id)
            self._defer(command)

    def _defer(self, command: Command) -> None:
        """To be taken again after a pause, or answered when it has waited long enough."""
        if not self._deferred.add(command):
            self._fail([command], PostingLocked())

    def _put(self, command: Command) -> None:
        self._queue.put(command)
        if self._queue.is_due():
            self._wake.set()

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
