"""Batching is invisible: commands are decided in one batch, in batches of any size or one by one with the same result.

The outcomes, the answers byte for byte and every table of the books are the same, on both engines.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from app.ids import uuid7_at
from app.ledger.events.event import Event
from app.ledger.events.reversal import Reversal
from app.posting.batch import Batch
from app.posting.command import Command, PostingRequest, PostingResult
from app.refusal import Refusal
from app.store import tables
from app.store.open import open_store
from app.store.store import Store
from tests.properties.histories import LOANS, MemoryLedger, Step
from tests.support.databases import Databases
from tests.support.events import day, new_id, noon
from tests.support.examples import examples
from tests.support.postings import POSTINGS, REVERSAL

BOOKS = (
    tables.journal_entries,
    tables.journal_lines,
    tables.loans,
    tables.loan_days,
    tables.account_totals,
    tables.account_days,
    tables.idempotency_keys,
)


@dataclass(frozen=True)
class Request:
    """A step; `repeats` counts back to the request of the same batch whose key it has, and 0 is a key of its own."""

    step: Step
    repeats: int = 0
    has_other_payload: bool = False


def steps_of(verbs: list[str]) -> st.SearchStrategy[Step]:
    """On two loans and three dates, so that most requests meet each other."""
    return st.builds(
        Step, st.sampled_from(verbs), st.sampled_from(LOANS), st.integers(1, 9), st.integers(-2, 0).map(day), st.integers(0, 7)
    )


preludes = st.lists(
    steps_of([*(posting.verb for posting in POSTINGS if posting is not REVERSAL), "disburse"]), min_size=1, max_size=6
)
batches = st.lists(
    st.builds(
        Request,
        steps_of([*(posting.verb for posting in POSTINGS), "pay", "reverse"]),
        st.sampled_from([0, 0, 0, 0, 1, 2]),
        st.booleans(),
    ),
    min_size=2,
    max_size=12,
)


def id_without_chance(microsecond: int, number: int) -> str:
    """The same id for every way of batching."""
    return f"{uuid7_at(microsecond, number)[:18]}-8000-000000000000"


class Ledger:
    """One tenant's books on a store; requests are posted to it in batches."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tenant_id = new_id()

    async def post(self, requests: Sequence[tuple[str, Event]]) -> list[Any]:
        """The outcome of each request of one batch."""
        commands = [
            Command(PostingRequest(self._tenant_id, "tester", LOANS[0], key, repr(event).encode()), event)
            for key, event in requests
        ]
        await self._store.post(Batch(commands, noon, id_without_chance))
        return [_comparable(command.outcome) for command in commands]

    async def books(self) -> dict[str, list[Any]]:
        """The rows of every table, but for the tenant."""
        return {table.name: await self._store.read([self._tenant_id], self._rows_of(table)) for table in BOOKS}

    def _rows_of(self, table: Table) -> Any:
        columns = [column for column in table.columns if column.name != "tenant_id"]
        query = select(*columns).where(table.c.tenant_id == self._tenant_id).order_by(*table.primary_key)

        def read(connection: Connection) -> list[Any]:
            return [tuple(row) for row in connection.execute(query)]

        return read


def _comparable(outcome: PostingResult | Refusal | None) -> Any:
    assert outcome is not None
    if isinstance(outcome, PostingResult):
        return outcome
    return type(outcome), outcome.detail, outcome.field_errors


def in_groups(requests: Sequence[tuple[str, Event]], sizes: Sequence[int]) -> Iterator[Sequence[tuple[str, Event]]]:
    start, number = 0, 0
    while start < len(requests):
        size = sizes[number % len(sizes)]
        yield requests[start : start + size]
        start, number = start + size, number + 1


class Script:
    """Steps made into requests. Accruals state the true principal of the moment, as the rules in memory know it."""

    def __init__(self) -> None:
        self._memory = MemoryLedger()
        self._ids_in_memory: list[str] = []

    def prelude(self, steps: Iterable[Step]) -> list[tuple[str, Event]]:
        requests = [(f"prelude-{number:04d}", self._event(step, [])) for number, step in enumerate(steps)]
        self._ids_in_memory = self._memory.posted_ids
        return requests

    def requests(self, batch: Sequence[Request], stored_ids: Sequence[str]) -> list[tuple[str, Event]]:
        """`stored_ids` are those of the prelude's entries, which only reversals of the batch refer to."""
        made: list[tuple[str, Event]] = []
        for number, request in enumerate(batch):
            key, event = f"request-{number:04d}", self._event(request.step, stored_ids)
            if 0 < request.repeats <= len(made):
                key, repeated = made[-request.repeats]
                event = event if request.has_other_payload else repeated
            made.append((key, event))
        return made

    def _event(self, step: Step, stored_ids: Sequence[str]) -> Event:
        event = self._memory.event(step, self._ids_in_memory)
        self._memory.post(event)
        if isinstance(event, Reversal) and event.reverses_entry_id in self._ids_in_memory:
            return replace(event, reverses_entry_id=stored_ids[self._ids_in_memory.index(event.reverses_entry_id)])
        return event


async def compare(database_url: str, prelude: list[Step], batch: list[Request], sizes: list[int]) -> None:
    """Posts the same requests to three tenants: one by one, in one batch, and in batches of `sizes`."""
    store, script = open_store(database_url), Script()
    opening = script.prelude(prelude)
    try:
        ledgers = [Ledger(store) for _ in range(3)]
        for ledger in ledgers:
            for request in opening:
                await ledger.post([request])
        stored_ids = [row[0] for row in (await ledgers[0].books())["journal_entries"]]
        requests = script.requests(batch, stored_ids)
        one_by_one, *batched = [
            [outcome for group in in_groups(requests, each) for outcome in await ledger.post(group)]
            for ledger, each in zip(ledgers, ([1], [len(requests)], sizes), strict=True)
        ]
        assert batched == [one_by_one, one_by_one]
        books = [await ledger.books() for ledger in ledgers]
        assert books[1:] == [books[0], books[0]]
    finally:
        await store.close()


LOAN = LOANS[0]
OPENED = Step("disburse", LOAN, 5, day(-2))
ACCRUED = Step("accrue", LOAN, 5, day(-1))
REVERSED = Step("reverse", LOAN, 1, day(0), 0)


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
def test_commands_are_decided_the_same_in_batches_of_any_size(databases: Databases, engine_name: str) -> None:
    with databases.fresh(engine_name) as url:

        @settings(max_examples=examples(60))
        @given(preludes, batches, st.lists(st.integers(1, 5), min_size=1, max_size=3))
        @example([OPENED, ACCRUED], [Request(REVERSED), Request(ACCRUED)], [1])
        @example(
            [OPENED, Step("fee", LOAN, 9, day(-1)), Step("disburse", LOAN, 5, day(0))],
            [Request(Step("fee", LOAN, 1, day(-2))), Request(Step("pay", LOAN, 9, day(-1)))],
            [2],
        )
        @example([OPENED], [Request(Step("pay", LOAN, 1, day(0))), Request(Step("pay", LOAN, 1, day(0)), repeats=1)], [2])
        @example([OPENED], [Request(Step("pay", LOAN, 1, day(0))), Request(Step("pay", LOAN, 2, day(0)), 1, True)], [2])
        def law(prelude: list[Step], batch: list[Request], sizes: list[int]) -> None:
            asyncio.run(compare(url, prelude, batch, sizes))

        law()
