"""The order of posting does not depend on clocks: they are set back, and hosts that share a database disagree."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from app.clock import moment_at, timestamp
from app.ids import microsecond_after
from app.posting.key_retention import KeyRetention
from app.reads.service import Reads
from app.store.open import open_store
from app.store.queries.journal import HistoryFilter
from app.store.store import Store
from tests.support.books import Books
from tests.support.events import TODAY, Tenant, accrual, day, disbursement, new_id, noon, payment, reversal, running_writer

HOUR = timedelta(hours=1)


class Clock:
    """Shows what it was set to."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.moment = noon() + ahead

    def __call__(self) -> datetime:
        return self.moment


@asynccontextmanager
async def hosts(database_url: str, *clocks: Callable[[], datetime]) -> AsyncIterator[list[Tenant]]:
    """One tenant at a process of its own for each of the clocks, all on one database."""
    async with AsyncExitStack() as stack:
        tenant_id, found = new_id(), []
        for clock in clocks:
            store = open_store(database_url)
            stack.push_async_callback(store.close)
            found.append(Tenant(await stack.enter_async_context(running_writer(store, clock)), tenant_id))
        yield found


async def history(store: Store, tenant_id: str, loan_id: str) -> list[Any]:
    """A loan's entries, newest posting first, read two at a time."""
    reads = Reads(store)
    found: list[Any] = []
    token: str | None = None
    while True:
        page = await reads.loan_entries(tenant_id, loan_id, HistoryFilter(), 2, token)
        found += page.entries
        token = page.next_page_token
        if token is None:
            return found


def assert_in_order(entries: list[Any], posted: list[Any]) -> None:
    """The entries are those posted, newest first; ids and moments of posting fall strictly, and each id holds its moment."""
    assert [entry.journal_entry_id for entry in reversed(entries)] == [answer["journal_entry_id"] for answer in posted]
    assert [timestamp(entry.posted_at) for entry in reversed(entries)] == [answer["posted_at"] for answer in posted]
    for newer, older in pairwise(entries):
        assert newer.journal_entry_id > older.journal_entry_id
        assert newer.posted_at > older.posted_at
    for entry in entries:
        assert moment_at(microsecond_after(entry.journal_entry_id) - 1) == entry.posted_at


async def test_a_clock_that_is_set_back_leaves_history_and_last_activity_in_the_order_of_posting(store: Store) -> None:
    clock, loan_id = Clock(), new_id()
    async with running_writer(store, clock) as writer:
        tenant = Tenant(writer)
        activity: list[Any] = []
        posted = [await tenant.post(disbursement(loan_id, 1_000, day(-9)))]
        for step in (-3 * HOUR, timedelta(microseconds=-1), timedelta(days=-40), timedelta(), HOUR):
            clock.moment += step
            posted.append(await tenant.post(payment(loan_id, 1, day(-5))))
            current = (await store.current_loans([(tenant.tenant_id, loan_id)]))[tenant.tenant_id, loan_id]
            assert current is not None
            dated = await Reads(store).loan_balance(tenant.tenant_id, loan_id, day(-5))
            assert dated.last_activity_at == current.balance.last_activity_at
            activity.append(current.balance.last_activity_at)
    assert activity == sorted(set(activity))
    assert_in_order(await history(store, tenant.tenant_id, loan_id), posted)


async def test_hosts_an_hour_apart_post_on_one_loan_in_one_order(database_url: str, store: Store) -> None:
    loan_id = new_id()
    async with hosts(database_url, Clock(HOUR), Clock(), Clock(-HOUR)) as tenants:
        posted = [await tenants[0].post(disbursement(loan_id), new_id())]
        for number in range(7):
            posted.append(await tenants[number % 3].post(payment(loan_id, 1), new_id()))
        assert_in_order(await history(store, tenants[0].tenant_id, loan_id), posted)


async def test_an_entry_on_another_loan_of_the_tenant_is_later_too_and_another_tenant_keeps_the_clock(
    database_url: str,
) -> None:
    async with hosts(database_url, Clock(HOUR), Clock()) as (ahead, behind):
        first = await ahead.post(disbursement(new_id()), new_id())
        second = await behind.post(disbursement(new_id()), new_id())
        other = await Tenant(behind.writer).post(disbursement(new_id()))
    assert second["journal_entry_id"] > first["journal_entry_id"]
    assert second["posted_at"] > first["posted_at"]
    assert other["posted_at"] == "2026-03-31T12:00:00.000000Z"


async def test_what_was_posted_ahead_of_the_clock_can_be_accrued_and_reversed_on_its_own_date(store: Store) -> None:
    clock, loan_id = Clock(timedelta(days=2)), new_id()
    async with running_writer(store, clock) as writer:
        tenant = Tenant(writer)
        await tenant.post(disbursement(loan_id, 500))
        paid = await tenant.post(payment(loan_id, 100, day(3)))
        clock.moment = noon()
        await tenant.post(accrual(loan_id, 400, 5, day(3)))
        await tenant.post(reversal(paid["journal_entry_id"], day(3)))
        balance = await Reads(store).loan_balance(tenant.tenant_id, loan_id, day(3))
    assert (balance.principal_minor, balance.interest_minor) == (500, 5)


async def test_a_key_is_as_old_as_its_entry_so_that_none_is_forgotten_early(database_url: str, store: Store) -> None:
    clock = Clock()
    async with running_writer(store, clock) as writer:
        tenant = Tenant(writer)
        answers = [await tenant.post(disbursement(new_id()), "key-0001")]
        clock.moment -= timedelta(days=60)
        answers.append(await tenant.post(disbursement(new_id()), "key-0002"))
    with Books(database_url) as books:
        made = books.run("SELECT created_at FROM idempotency_keys WHERE tenant_id = ? ORDER BY key", tenant.tenant_id)
    assert [str(moment)[:10] for (moment,) in made] == [answer["posted_at"][:10] for answer in answers] == [str(TODAY)] * 2
    assert await KeyRetention(store, noon, 30).forget_expired() == 0


async def test_the_entries_of_one_batch_are_in_order_too(store: Store) -> None:
    loan_id = new_id()
    async with running_writer(store, Clock()) as writer:
        tenant = Tenant(writer)
        opened = await tenant.post(disbursement(loan_id))
        paid = await asyncio.gather(*(tenant.post(payment(loan_id, 1)) for _ in range(20)))
    posted = [opened, *sorted(paid, key=lambda answer: str(answer["posted_at"]))]
    assert_in_order(await history(store, tenant.tenant_id, loan_id), posted)
