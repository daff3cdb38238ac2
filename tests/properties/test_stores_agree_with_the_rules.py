"""Both engines, in batches of any size, decide every history as the rules do in memory, and keep the same balances."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from app.refusal import Refusal
from app.store.open import open_store
from app.store.tables import journal_entries, loans
from tests.properties.histories import TENANT, MemoryLedger, Step, steps
from tests.support.databases import Databases
from tests.support.events import Tenant, running_writer
from tests.support.examples import examples


async def outcome(tenant: Tenant, event: Any) -> tuple[str, Any]:
    try:
        return "posted", (await tenant.post(event)).get("allocation")
    except Refusal as refusal:
        return "refused", refusal.code


async def compare(database_url: str, history: list[Step], sizes: list[int]) -> None:
    """Post the history in groups of `sizes`; within a group events are under way together, in one batch."""
    store, memory, remaining, size = open_store(database_url), MemoryLedger(), list(history), 0
    async with running_writer(store) as writer:
        tenant = Tenant(writer, TENANT)
        while remaining:
            group, remaining = remaining[: sizes[size % len(sizes)]], remaining[sizes[size % len(sizes)] :]
            size += 1
            stored_ids = await store.read([TENANT], entry_ids)
            before = memory.posted_ids
            pairs = [(memory.event(step, before), step) for step in group]
            expected = [memory.post(event) for event, _ in pairs]
            translated = [_for_store(memory, event, step, stored_ids, before) for event, step in pairs]
            assert list(await asyncio.gather(*(outcome(tenant, event) for event in translated))) == expected
        stored = await store.read([TENANT], loan_balances)
    await store.close()
    assert stored == {loan_id: loan.balances for (_, loan_id), loan in memory.book.loans.items()}


def _for_store(memory: MemoryLedger, event: Any, step: Step, stored_ids: list[str], memory_ids: list[str]) -> Any:
    """The same event, with the store's id where it reverses an entry."""
    if step.verb != "reverse" or event.reverses_entry_id not in memory_ids:
        return event
    return memory.event(Step("reverse", step.loan_id, 1, step.on, step.reverses), stored_ids)


def entry_ids(connection: Connection) -> list[str]:
    return list(connection.scalars(select(journal_entries.c.journal_entry_id).order_by(journal_entries.c.journal_entry_id)))


def loan_balances(connection: Connection) -> dict[str, list[int]]:
    columns = (loans.c.principal_minor, loans.c.interest_minor, loans.c.fees_minor, loans.c.suspense_minor)
    return {row[0]: list(row[1:]) for row in connection.execute(select(loans.c.loan_id, *columns))}


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps, sizes=st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_every_history_ends_as_in_memory(databases: Databases, engine_name: str, history: list[Step], sizes: list[int]) -> None:
    with databases.fresh(engine_name) as url:
        asyncio.run(compare(url, history, sizes))
