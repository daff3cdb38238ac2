"""The journal is read as it was posted: an entry with a page of its lines, and a loan's history from its newest posting on."""

from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite

from app import limits
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.events.event import Event
from app.store.queries.journal import (
    HistoryFilter,
    JournalEntryView,
    JournalLineView,
    _history,
    entry_with_lines,
    loan_entries,
)
from app.store.store import Store
from tests.support.events import BORROWER, TODAY, Tenant, accrual, day, disbursement, fee, moment_of, new_id, payment, reversal

ALL = HistoryFilter()


async def post(tenant: Tenant, *events: Event) -> list[str]:
    """The ids of the entries, in the order of posting."""
    return [(await tenant.post(event))["journal_entry_id"] for event in events]


async def entry_of(
    store: Store, tenant_id: str, entry_id: str, after_sequence: int = 0, limit: int = 1_000
) -> JournalEntryView | None:
    return await store.read(
        [tenant_id], lambda connection: entry_with_lines(connection, tenant_id, entry_id, after_sequence, limit)
    )


async def history_of(
    store: Store, tenant_id: str, loan_id: str, matching: HistoryFilter = ALL, before: str | None = None, limit: int = 100
) -> list[JournalEntryView] | None:
    return await store.read([tenant_id], lambda connection: loan_entries(connection, tenant_id, loan_id, matching, before, limit))


async def history_ids(store: Store, tenant: Tenant, loan_id: str, **asked: Any) -> list[str]:
    return [entry.journal_entry_id for entry in await history_of(store, tenant.tenant_id, loan_id, **asked) or ()]


async def many_loans(tenant: Tenant, count: int) -> list[str]:
    loan_ids = [new_id() for _ in range(count)]
    for loan_id in loan_ids:
        await tenant.post(disbursement(loan_id, 1_000, day(-1)))
    return loan_ids


def batch(loan_ids: list[str], interest_minor: int = 7) -> Accrual:
    return Accrual(new_id(), TODAY, "ACT_365", tuple(AccruedLoan(loan_id, 1_000, interest_minor) for loan_id in loan_ids))


async def test_an_entry_is_read_as_it_was_posted(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    _, paid = await post(tenant, disbursement(loan_id, 900), payment(loan_id, 250, external_ref="wire-7"))
    entry = await entry_of(store, tenant.tenant_id, paid)
    assert entry is not None
    assert (entry.event_type, entry.effective_at, entry.posted_at) == ("payment_received", TODAY, moment_of(1))
    assert (entry.actor, entry.reverses_entry_id, entry.reversed_by_entry_id) == ("tester", None, None)
    assert (entry.line_count, entry.has_more_lines, entry.is_truncated) == (2, False, False)
    assert entry.lines == (
        JournalLineView(1, "1050", "DR", 250, "USD", "SETTLED", None, None, "wire-7"),
        JournalLineView(2, "1100", "CR", 250, "USD", "SETTLED", loan_id, BORROWER, "wire-7"),
    )


async def test_a_reversal_and_its_entry_name_each_other(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    opened, paid = await post(tenant, disbursement(loan_id), payment(loan_id, 250))
    [undone] = await post(tenant, reversal(paid))
    original, mirrored = [await entry_of(store, tenant.tenant_id, entry_id) for entry_id in (paid, undone)]
    assert original is not None
    assert mirrored is not None
    assert (original.reversed_by_entry_id, mirrored.reverses_entry_id) == (undone, paid)
    assert mirrored.description == "posted in error"
    history = await history_of(store, tenant.tenant_id, loan_id) or []
    assert [(entry.journal_entry_id, entry.reversed_by_entry_id) for entry in history] == [
        (undone, None),
        (paid, undone),
        (opened, None),
    ]


async def test_what_another_tenant_has_is_read_like_what_does_not_exist(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    [opened] = await post(tenant, disbursement(loan_id))
    for tenant_id, entry_id, of_loan in ((tenant.tenant_id, new_id(), new_id()), (new_id(), opened, loan_id)):
        assert await entry_of(store, tenant_id, entry_id) is None
        assert await history_of(store, tenant_id, of_loan) is None


async def test_a_loan_of_which_no_entry_matches_has_an_empty_history(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    await post(tenant, disbursement(loan_id))
    assert await history_of(store, tenant.tenant_id, loan_id, HistoryFilter(event_type="chargeoff")) == []


async def test_history_is_newest_posting_first_whatever_its_date_and_goes_on_before_an_entry(
    store: Store, tenant: Tenant
) -> None:
    loan_id, other_loan_id = new_id(), new_id()
    first, second, _, third = await post(
        tenant,
        disbursement(loan_id, 1_000, day(-9)),
        payment(loan_id, 1),
        disbursement(other_loan_id),
        payment(loan_id, 2, day(-5)),
    )
    assert await history_ids(store, tenant, loan_id) == [third, second, first]
    assert await history_ids(store, tenant, loan_id, limit=2) == [third, second]
    assert await history_ids(store, tenant, loan_id, before=third) == [second, first]
    assert await history_ids(store, tenant, loan_id, before=first) == []


async def test_history_is_filtered_by_effective_date_and_event_type(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    opened, assessed, accrued, paid = await post(
        tenant,
        disbursement(loan_id, 1_000, day(-9)),
        fee(loan_id, 5, day(-6)),
        accrual(loan_id, 1_000, 9, day(-3)),
        payment(loan_id, 20, day(0)),
    )

    async def found(**filters: Any) -> list[str]:
        return await history_ids(store, tenant, loan_id, matching=HistoryFilter(**filters))

    assert await found(from_date=day(-6)) == [paid, accrued, assessed]
    assert await found(to_date=day(-6)) == [assessed, opened]
    assert await found(from_date=day(-6), to_date=day(-3)) == [accrued, assessed]
    assert await found(event_type="accrual") == [accrued]
    assert await found(event_type="accrual", to_date=day(-4)) == []
    assert await found(from_date=day(0), to_date=day(-9)) == []


async def test_a_long_entry_shows_a_loan_s_history_that_loan_s_lines_only(store: Store, tenant: Tenant) -> None:
    loan_ids = await many_loans(tenant, limits.HISTORY_LINES)
    [long] = await post(tenant, batch(loan_ids))
    [short] = await post(tenant, payment(loan_ids[3], 5))
    newest = await history_of(store, tenant.tenant_id, loan_ids[3], limit=2) or []
    assert [entry.journal_entry_id for entry in newest] == [short, long]
    assert [entry.is_truncated for entry in newest] == [False, True]
    assert [(line.sequence, line.loan_id) for line in newest[1].lines] == [(4, loan_ids[3])]
    assert len(newest[0].lines) == 2


async def test_an_entry_of_just_the_limit_is_shown_completely(store: Store, tenant: Tenant) -> None:
    loan_ids = await many_loans(tenant, limits.HISTORY_LINES - 1)
    await post(tenant, batch(loan_ids))
    [newest] = await history_of(store, tenant.tenant_id, loan_ids[0], limit=1) or []
    assert (len(newest.lines), newest.is_truncated) == (limits.HISTORY_LINES, False)


@pytest.mark.parametrize(
    ("after_sequence", "limit", "sequences", "has_more_lines"),
    [(0, 2, [1, 2], True), (2, 2, [3, 4], False), (2, 1, [3], True), (0, 4, [1, 2, 3, 4], False), (4, 2, [], False)],
)
async def test_an_entry_s_lines_are_those_after_a_sequence_up_to_a_limit(
    store: Store, tenant: Tenant, after_sequence: int, limit: int, sequences: list[int], has_more_lines: bool
) -> None:
    [accrued] = await post(tenant, batch(await many_loans(tenant, 3)))
    entry = await entry_of(store, tenant.tenant_id, accrued, after_sequence, limit)
    assert entry is not None
    assert [line.sequence for line in entry.lines] == sequences
    assert (entry.line_count, entry.has_more_lines) == (4, has_more_lines)


async def test_an_entry_without_lines_is_read(store: Store, tenant: Tenant) -> None:
    [empty] = await post(tenant, batch(await many_loans(tenant, 2), interest_minor=0))
    entry = await entry_of(store, tenant.tenant_id, empty)
    assert entry is not None
    assert (entry.lines, entry.has_more_lines) == ((), False)


async def test_history_walks_the_loan_s_index_on_sqlite(sqlite_url: str) -> None:
    """No sorting of the journal, no scan of it: the plan is that of a loan's own lines."""
    compiled = _history(frozenset({"before", "event_type"})).compile(dialect=sqlite.dialect(paramstyle="named"))
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        values = dict.fromkeys(compiled.params, "x") | {"limit": 5}
        plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"), values)]
    engine.dispose()
    assert any("journal_lines_loan (tenant_id=? AND loan_id=? AND journal_entry_id<?" in step for step in plan), plan
    assert not any(step.startswith("SCAN journal") for step in plan), plan
