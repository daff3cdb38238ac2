"""Builders of events with default facts, of which a test states those it is about, and a tenant that posts events."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import orjson

from app.ids import uuid7_at
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.events.disbursement import Disbursement
from app.ledger.events.event import Event
from app.ledger.events.fee import Fee
from app.ledger.events.payment import Payment
from app.ledger.events.reversal import Reversal
from app.posting.command import PostingRequest
from app.posting.writer import Writer
from app.reads.service import Reads
from app.store.open import open_store
from app.store.store import Store

TODAY = date(2026, 3, 31)
BORROWER = "b0000000-0000-4000-8000-000000000001"


def new_id() -> str:
    return str(uuid4())


def noon() -> datetime:
    """The clock of every test that posts: noon of TODAY."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def moment_of(number: int) -> datetime:
    """When a tenant's entry is posted before which it posted so many, while the clock stands at noon."""
    return noon() + timedelta(microseconds=number)


def day(offset: int) -> date:
    """TODAY plus so many days."""
    return TODAY + timedelta(days=offset)


def disbursement(loan_id: str, amount_minor: int = 100_000, on: date = TODAY, **other: Any) -> Disbursement:
    facts: dict[str, Any] = {"borrower_id": BORROWER, "currency": "USD", "method": "ach"}
    return Disbursement(loan_id=loan_id, amount_minor=amount_minor, effective_at=on, **(facts | other))


def payment(loan_id: str, amount_minor: int, on: date = TODAY, **other: Any) -> Payment:
    facts: dict[str, Any] = {"borrower_id": BORROWER, "currency": "USD", "source_method": "ach"}
    return Payment(loan_id=loan_id, amount_minor=amount_minor, effective_at=on, **(facts | other))


def fee(loan_id: str, amount_minor: int, on: date = TODAY, currency: str = "USD") -> Fee:
    return Fee(loan_id, amount_minor, currency, on, "late fee")


def accrual(loan_id: str, principal_minor: int, interest_minor: int, on: date = TODAY, program_id: str | None = None) -> Accrual:
    return Accrual(program_id or new_id(), on, "ACT_365", [AccruedLoan(loan_id, principal_minor, interest_minor)])


def reversal(journal_entry_id: str, on: date = TODAY) -> Reversal:
    return Reversal(journal_entry_id, "error_correction", "posted in error", on)


@dataclass
class Tenant:
    """Posts events for one tenant, each under a key of its own unless one is given."""

    writer: Writer
    tenant_id: str = field(default_factory=new_id)
    _numbers: Any = field(default_factory=lambda: count(1))

    def request(self, event: Event, key: str | None = None) -> PostingRequest:
        key = key or f"key-{next(self._numbers):08d}"
        return PostingRequest(self.tenant_id, "tester", new_id(), key, repr(event).encode())

    async def post(self, event: Event, key: str | None = None) -> Any:
        """The answer as a JSON object; raises what the writer raises."""
        return orjson.loads((await self.writer.submit(self.request(event, key), event)).body)

    async def post_together(self, *events: Event) -> list[Any]:
        """The answers to events that are posted in this order, in one transaction."""
        return await asyncio.gather(*map(self.post, events))


async def eventful_loan(tenant: Tenant) -> str:
    """A loan with every kind of event, back-dated ones too, and one of tomorrow."""
    loan_id = new_id()
    *_, mistaken = await tenant.post_together(
        disbursement(loan_id, 100_000, day(-30)),
        fee(loan_id, 500, day(-20)),
        accrual(loan_id, 100_000, 700, day(-15)),
        payment(loan_id, 2_000, day(-10)),
        payment(loan_id, 300, day(-12)),
    )
    await tenant.post_together(reversal(mistaken["journal_entry_id"], day(-3)), payment(loan_id, 200_000, day(1)))
    return loan_id


@asynccontextmanager
async def running_writer(store: Store, now: Callable[[], datetime] = noon, **options: Any) -> AsyncIterator[Writer]:
    """`options` are those of `Writer`."""
    writer = Writer(store, now, uuid7_at, read_bucket_lines=Reads(store).bucket_lines, **options)
    running = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        writer.close()
        await running


@asynccontextmanager
async def writers(database_url: str, count: int) -> AsyncIterator[tuple[Any, ...]]:
    """A store, and `count` running writers on stores of their own, as `count` processes have them."""
    async with AsyncExitStack() as stack:
        stores = [open_store(database_url) for _ in range(count)]
        for store in stores:
            stack.push_async_callback(store.close)
        yield stores[0], *[await stack.enter_async_context(running_writer(store)) for store in stores]
