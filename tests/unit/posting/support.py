"""What stands outside of the writer: a store whose books are in memory, and requests under keys that tests can name."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

from app.ids import uuid7_at
from app.ledger.book import Book, LoanKey, ReversibleEntry
from app.ledger.events.event import Event
from app.ledger.reversal_advice import BucketLine
from app.posting.blocking_entries import ReadBucketLines
from app.posting.command import Command, PostingRequest
from app.posting.writer import Writer
from app.store.transaction import CommandBatch, IdempotencyKey, Snapshot, StoredAnswer
from tests.support.events import noon
from tests.support.waiting import HANG_SECONDS
from tests.unit.ledger.support import TENANT, TRACE


def request(event: Event, key: str, tenant_id: str = TENANT) -> PostingRequest:
    """The same event has the same hash."""
    return PostingRequest(tenant_id, "teller", TRACE, key, repr(event).encode())


def command(event: Event, key: str, tenant_id: str = TENANT) -> Command:
    return Command(request(event, key, tenant_id), event)


class MemoryStore:
    """Keeps what a batch posted. `open` lets batches through; `errors` are raised in turn, instead of a commit."""

    engine_name = "memory"

    def __init__(self, batches_at_once: int = 1) -> None:
        self.batches_at_once = batches_at_once
        self.book = Book({}, {}, {})
        self.answers: dict[IdempotencyKey, StoredAnswer] = {}
        self.batches: list[list[str]] = []
        """The keys of every batch that was tried."""
        self.errors: list[Exception | None] = []
        self.fails_on: dict[str, Exception] = {}
        """What a batch that has this key is rejected with."""
        self.held_loans: frozenset[LoanKey] = frozenset()
        self.open = asyncio.Event()
        self.open.set()

    async def post(self, batch: CommandBatch) -> None:
        keys = [key for _, key in batch.keys]
        self.batches.append(keys)
        await self.open.wait()
        book = deepcopy(self.book)
        newest = {entry.tenant_id: entry.journal_entry_id for entry in book.posted}
        writes = batch.decide(Snapshot(self.answers, frozenset(), book, newest, self.held_loans))
        self._raise_if_told_to(keys)
        if writes is None:
            return
        for entry in book.posted:
            recorded = ReversibleEntry(entry.event_type, entry.effective_at, list(entry.lines), None)
            book.entries[entry.tenant_id, entry.journal_entry_id] = recorded
        self.book = book
        for tenant_id, key, request_hash, response_body, _ in writes.keys:
            self.answers[tenant_id, key] = StoredAnswer(request_hash, response_body)

    def _raise_if_told_to(self, keys: list[str]) -> None:
        error = self.errors.pop(0) if self.errors else None
        error = error or next((self.fails_on[key] for key in keys if key in self.fails_on), None)
        if error is not None:
            raise error


async def settled() -> None:
    """Lets every task that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def _no_lines(_tenant_id: str, _entry_id: str, _loan_ids: Sequence[str]) -> Sequence[BucketLine]:
    return ()


@asynccontextmanager
async def running_writer(store: Any, read_bucket_lines: ReadBucketLines = _no_lines, **options: Any) -> AsyncIterator[Writer]:
    """A writer on a MemoryStore. It is closed at the end, and must then come to an end by itself."""
    writer = Writer(store, noon, uuid7_at, read_bucket_lines=read_bucket_lines, **options)
    async with asyncio.timeout(HANG_SECONDS):
        running = asyncio.create_task(writer.run())
        yield writer
        writer.close()
        await running
