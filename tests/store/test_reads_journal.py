"""Entries and a loan's history as they are read, on both engines."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite

from app import limits
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.refusals import ReversalBlocked
from app.reads.page_token import InvalidPageToken
from app.reads.service import HistoryPage, Reads
from app.refusal import NotFound
from app.store.queries.journal import HistoryFilter, _history
from app.store.store import Store
from tests.support.events import (
    BORROWER,
    TODAY,
    Tenant,
    accrual,
    day,
    disbursement,
    fee,
    new_id,
    noon,
    payment,
    reversal,
)

ALL = HistoryFilter()


@pytest.fixture
def reads(store: Store) -> Reads:
    return Reads(store)


async def post(tenant: Tenant, *events: Any) -> list[str]:
    """The ids of the entries, in the order of posting."""
    return [(await tenant.post(event))["journal_entry_id"] for event in events]


def ids(page: HistoryPage) -> list[str]:
    return [entry.journal_entry_id for entry in page.entries]


async def many_loans(tenant: Tenant, count: int) -> list[str]:
    loan_ids = [new_id() for _ in range(count)]
    for loan_id in loan_ids:
        await tenant.post(disbursement(loan_id, 1_000, day(-1)))
    return loan_ids


def batch(loan_ids: list[str], interest_minor: int = 7) -> Accrual:
    return Accrual(new_id(), TODAY, "ACT_365", tuple(AccruedLoan(loan_id, 1_000, interest_minor) for loan_id in loan_ids))


async def test_an_entry_is_read_as_it_was_posted(tenant: Tenant, reads: Reads) -> None:
    loan_id = new_id()
    _, paid = await post(tenant, disbursement(loan_id, 900), payment(loan_id, 250, external_ref="wire-7"))
    entry, token = await reads.entry(tenant.tenant_id, paid, None)
    assert token is None
    assert (entry.event_type, entry.effective_at, entry.posted_at) == ("payment_received", TODAY, noon())
    assert (entry.actor, entry.reverses_entry_id, entry.reversed_by_entry_id) == ("tester", None, None)
    assert [(line.sequence, line.account_code, line.direction, line.amount_minor) for line in entry.lines] == [
        (1, "1050", "DR", 250),
        (2, "1100", "CR", 250),
    ]
    assert [(line.loan_id, line.borrower_id, line.external_ref) for line in entry.lines] == [
        (None, None, "wire-7"),
        (loan_id, BORROWER, "wire-7"),
    ]


async def test_a_reversal_and_its_entry_name_each_other(tenant: Tenant, reads: Reads) -> None:
    loan_id = new_id()
    _, paid = await post(tenant, disbursement(loan_id), payment(loan_id, 250))
    [undone] = await post(tenant, reversal(paid))
    original, _ = await reads.entry(tenant.tenant_id, paid, None)
    mirrored, _ = await reads.entry(tenant.tenant_id, undone, None)
    assert (original.reversed_by_entry_id, mirrored.reverses_entry_id) == (undone, paid)
    assert mirrored.description == "posted in error"
    page = await reads.loan_entries(tenant.tenant_id, loan_id, ALL, 10, None)
    assert [entry.reversed_by_entry_id for entry in page.entries] == [None, undone, None]


async def test_unknown_and_foreign_entries_are_not_found_alike(tenant: Tenant, reads: Reads) -> None:
    loan_id = new_id()
    [opened] = await post(tenant, disbursement(loan_id))
    for tenant_id, entry_id in ((tenant.tenant_id, new_id()), (new_id(), opened)):
        with pytest.raises(NotFound):
            await reads.entry(tenant_id, entry_id, None)
    for tenant_id, asked in ((tenant.tenant_id, new_id()), (new_id(), loan_id)):
        with pytest.raises(NotFound):
            await reads.loan_entries(tenant_id, asked, ALL, 10, None)


async def test_history_is_newest_posting_first_page_by_page(tenant: Tenant, reads: Reads) -> None:
    loan_id, other_loan_id = new_id(), new_id()
    await post(tenant, disbursement(other_loan_id))
    posted = await post(tenant, disbursement(loan_id, on=day(-9)), *(payment(loan_id, 1 + n, day(-n)) for n in range(6)))
    found: list[str] = []
    token, pages = None, 0
    while pages == 0 or token:
        page = await reads.loan_entries(tenant.tenant_id, loan_id, ALL, 3, token)
        found += ids(page)
        token, pages = page.next_page_token, pages + 1
    assert found == posted[::-1]
    assert pages == 3


async def test_an_entry_posted_in_between_moves_no_page(tenant: Tenant, reads: Reads) -> None:
    loan_id = new_id()
    posted = await post(tenant, disbursement(loan_id), payment(loan_id, 1), payment(loan_id, 2))
    first = await reads.loan_entries(tenant.tenant_id, loan_id, ALL, 2, None)
    await post(tenant, payment(loan_id, 3))
    second = await reads.loan_entries(tenant.tenant_id, loan_id, ALL, 2, first.next_page_token)
    assert ids(first) + ids(second) == posted[::-1]


async def test_history_is_filtered_by_effective_date_and_event_type(tenant: Tenant, reads: Reads) -> None:
    loan_id = new_id()
    opened, assessed, accrued, paid = await post(
        tenant,
        disbursement(loan_id, 1_000, day(-9)),
        fee(loan_id, 5, day(-6)),
        accrual(loan_id, 1_000, 9, day(-3)),
        payment(loan_id, 20, day(0)),
    )

    async def found(**filters: Any) -> list[str]:
        return ids(await reads.loan_entries(tenant.tenant_id, loan_id, replace(ALL, **filters), 10, None))

    assert await found(from_date=day(-6)) == [paid, accrued, assessed]
    assert await found(to_date=day(-6)) == [assessed, opened]
    assert await found(from_date=day(-6), to_date=day(-3)) == [accrued, assessed]
    assert await found(event_type="accrual") == [accrued]
    assert await found(event_type="accrual", to_date=day(-4)) == []
    assert await found(from_date=day(0), to_date=day(-9)) == []


async def test_filtered_pages_go_on_where_they_stopped(tenant: Tenant, reads: Reads) -> None:
    loan_id = new_id()
    await post(tenant, disbursement(loan_id, 1_000, day(-9)))
    assessed = []
    for number in range(5):
        assessed += await post(tenant, fee(loan_id, 5, day(-4)))
        await post(tenant, payment(loan_id, 1 + number, day(-1)))
    matching = HistoryFilter(day(-5), day(0), "fee_assessed")
    found: list[str] = []
    token = None
    for _ in range(3):
        page = await reads.loan_entries(tenant.tenant_id, loan_id, matching, 2, token)
        found, token = found + ids(page), page.next_page_token
    assert found == assessed[::-1]
    assert token is None


async def test_a_page_token_opens_only_the_history_it_was_made_for(tenant: Tenant, reads: Reads) -> None:
    loan_id, other_loan_id = new_id(), new_id()
    await post(tenant, disbursement(loan_id), payment(loan_id, 1), disbursement(other_loan_id), payment(other_loan_id, 1))
    token = (await reads.loan_entries(tenant.tenant_id, loan_id, ALL, 1, None)).next_page_token
    assert token is not None
    assert len((await reads.loan_entries(tenant.tenant_id, loan_id, ALL, 200, token)).entries) == 1
    for tenant_id, asked, matching in (
        (tenant.tenant_id, other_loan_id, ALL),
        (new_id(), loan_id, ALL),
        (tenant.tenant_id, loan_id, HistoryFilter(from_date=TODAY)),
        (tenant.tenant_id, loan_id, HistoryFilter(to_date=TODAY)),
        (tenant.tenant_id, loan_id, HistoryFilter(event_type="accrual")),
    ):
        with pytest.raises(InvalidPageToken):
            await reads.loan_entries(tenant_id, asked, matching, 1, token)
    with pytest.raises(InvalidPageToken):
        await reads.entry(tenant.tenant_id, new_id(), token)


async def test_page_tokens_of_one_worker_are_good_for_another(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    posted = await post(tenant, disbursement(loan_id), payment(loan_id, 1))
    token = (await Reads(store).loan_entries(tenant.tenant_id, loan_id, ALL, 1, None)).next_page_token
    assert ids(await Reads(store).loan_entries(tenant.tenant_id, loan_id, ALL, 1, token)) == posted[:1]


async def test_a_long_entry_shows_a_loan_s_history_that_loan_s_lines_only(tenant: Tenant, reads: Reads) -> None:
    loan_ids = await many_loans(tenant, limits.HISTORY_LINES)
    [long] = await post(tenant, batch(loan_ids))
    [short] = await post(tenant, payment(loan_ids[3], 5))
    page = await reads.loan_entries(tenant.tenant_id, loan_ids[3], ALL, 2, None)
    assert ids(page) == [short, long]
    assert [entry.is_truncated for entry in page.entries] == [False, True]
    assert [(line.sequence, line.loan_id) for line in page.entries[1].lines] == [(4, loan_ids[3])]
    assert len(page.entries[0].lines) == 2


async def test_an_entry_of_just_the_limit_is_shown_whole(tenant: Tenant, reads: Reads) -> None:
    loan_ids = await many_loans(tenant, limits.HISTORY_LINES - 1)
    await post(tenant, batch(loan_ids))
    page = await reads.loan_entries(tenant.tenant_id, loan_ids[0], ALL, 1, None)
    assert (len(page.entries[0].lines), page.entries[0].is_truncated) == (limits.HISTORY_LINES, False)


async def test_an_entry_s_lines_come_a_page_at_a_time_in_sequence(
    tenant: Tenant, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LINES_PAGE", 4)
    loan_ids = await many_loans(tenant, 8)
    [long] = await post(tenant, batch(loan_ids))
    sequences: list[int] = []
    sizes: list[int] = []
    token = None
    while not sizes or token:
        entry, token = await reads.entry(tenant.tenant_id, long, token)
        sequences += [line.sequence for line in entry.lines]
        sizes.append(len(entry.lines))
    assert sequences == list(range(1, 10))
    assert sizes == [4, 4, 1]
    _, token = await reads.entry(tenant.tenant_id, long, None)
    [other] = await post(tenant, payment(loan_ids[0], 1))
    with pytest.raises(InvalidPageToken):
        await reads.entry(tenant.tenant_id, other, token)


async def test_an_entry_without_lines_is_read(tenant: Tenant, reads: Reads) -> None:
    loan_ids = await many_loans(tenant, 2)
    [empty] = await post(tenant, batch(loan_ids, interest_minor=0))
    entry, token = await reads.entry(tenant.tenant_id, empty, None)
    assert (entry.lines, token) == ((), None)


async def test_what_blocks_a_reversal_is_named_newest_first(tenant: Tenant, reads: Reads) -> None:
    loan_id, other_loan_id = new_id(), new_id()
    opened, before, other = await post(
        tenant, disbursement(loan_id, 1_000), payment(loan_id, 10), disbursement(other_loan_id, 1_000)
    )
    later, assessed, undone = await post(tenant, payment(loan_id, 20), fee(loan_id, 5), payment(loan_id, 30))
    await post(tenant, reversal(undone), payment(other_loan_id, 1))
    found = await reads.blocking_entries(tenant.tenant_id, opened, [loan_id])
    assert [(entry.loan_id, entry.journal_entry_id, entry.event_type) for entry in found] == [
        (loan_id, later, "payment_received"),
        (loan_id, before, "payment_received"),
    ]
    assert {entry.journal_entry_id for entry in found}.isdisjoint({opened, other, assessed, undone})
    with pytest.raises(ReversalBlocked) as blocked:
        await post(tenant, reversal(opened))
    assert [fault.message for fault in blocked.value.field_errors] == [
        f"loan {loan_id}: reverse payment_received {entry_id} first" for entry_id in (later, before)
    ]


async def test_no_more_blocking_entries_are_named_than_the_limit(
    tenant: Tenant, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BLOCKING_ENTRIES", 2)
    loan_ids = await many_loans(tenant, 3)
    [accrued] = await post(tenant, batch(loan_ids))
    paid = await post(tenant, *(payment(loan_id, 5) for loan_id in loan_ids))
    found = await reads.blocking_entries(tenant.tenant_id, accrued, loan_ids)
    assert [entry.journal_entry_id for entry in found] == [paid[2], paid[1]]


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
