"""The pages of any filters, put together, are the entries that a reading of all of them would select."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, Final

import pytest

from app.ids import uuid7_at
from app.posting.command import PostingRequest
from app.posting.key_retention import KeyRetention
from app.reads.page_token import InvalidPageToken
from app.reads.service import Reads
from app.store.queries import journal_search
from app.store.queries.journal import JournalEntryView
from app.store.queries.journal_search import JournalFilter
from app.store.store import Store
from tests.support.events import (
    TODAY,
    Tenant,
    accrual,
    day,
    disbursement,
    eventful_loan,
    fee,
    new_id,
    noon,
    payment,
    reversal,
    running_writer,
)

BY_LINES: Final = frozenset({"account_code", "currency", "external_ref"})
COMBINATIONS: Final = 150
NEVER: Final[dict[str, Any]] = {
    "from_date": day(400),
    "to_date": date.min,
    "posted_from": noon() + timedelta(days=1),
    "posted_to": noon() - timedelta(days=20_000_000 // 365),
    "event_type": "chargeoff",
    "account_code": "5100",
    "currency": "XAU",
    "actor": "nobody",
    "correlation_id": new_id(),
    "external_ref": "no-such-reference",
    "event_id": uuid7_at(1_700_000_000_000_000),
    "idempotency_key": "no-such-key",
}
"""A value of each filter that no entry has."""


@pytest.fixture(autouse=True)
def _short_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a search ends, and goes on, within a few entries."""
    monkeypatch.setattr(journal_search, "SCANNED", 7)
    monkeypatch.setattr(journal_search, "PROBED", 3)
    monkeypatch.setattr(journal_search, "DAYS_MERGED", 20)


async def post_variety(tenant: Tenant) -> None:
    """Entries of every event type, in two currencies, with and without references, by two actors in a few requests."""
    numbers, trace_ids = count(), [new_id() for _ in range(3)]

    def request(event: Any, key: str | None = None) -> PostingRequest:
        number = next(numbers)
        actor = "auditor" if number % 7 == 0 else "tester"
        return PostingRequest(tenant.tenant_id, actor, trace_ids[number % 3], key or f"key-{number:08d}", b"")

    tenant.request = request  # type: ignore[method-assign]
    await eventful_loan(tenant)
    euros, dollars = new_id(), new_id()
    await tenant.post(disbursement(euros, 5_000, day(-40), currency="EUR", destination_ref="iban-1"))
    await tenant.post(disbursement(dollars, 5_000, day(-2)))
    for number in range(6):
        await tenant.post(payment(euros, 10, day(-number), currency="EUR", external_ref=f"wire-{number % 2}"))
        await tenant.post(fee(dollars, 5, day(-1)))
    paid = await tenant.post(payment(dollars, 40, external_ref="wire-1"))
    await tenant.post(reversal(paid["journal_entry_id"]))
    await tenant.post(accrual(dollars, 5_000, 3))
    await tenant.post(accrual(dollars, 5_000, 0, day(-1)))


async def pages(reads: Reads, tenant_id: str, matching: JournalFilter, page_size: int = 4) -> list[JournalEntryView]:
    found, token = list[JournalEntryView](), None
    while True:
        page = await reads.entries(tenant_id, matching, page_size, token)
        assert len(page.entries) <= page_size
        found += page.entries
        token = page.next_page_token
        if token is None:
            return found


def matches(entry: JournalEntryView, filters: Mapping[str, Any]) -> bool:
    on_lines = {name: value for name, value in filters.items() if name in BY_LINES}
    bounds = {
        "from_date": lambda value: entry.effective_at >= value,
        "to_date": lambda value: entry.effective_at <= value,
        "posted_from": lambda value: entry.posted_at >= value,
        "posted_to": lambda value: entry.posted_at <= value,
    }
    of_entry = all(
        bounds[name](value) if name in bounds else getattr(entry, name) == value
        for name, value in filters.items()
        if name not in BY_LINES
    )
    return of_entry and (
        not on_lines or any(all(getattr(line, name) == value for name, value in on_lines.items()) for line in entry.lines)
    )


def filters_of(chance: Random, entries: list[JournalEntryView], number: int) -> dict[str, Any]:
    """Some filters by chance: mostly values of one entry, so that combinations match, sometimes of another, rarely of none."""
    entry = chance.choice(entries)
    line = chance.choice([line for other in entries for line in other.lines] if not entry.lines else list(entry.lines))
    values = {name: getattr(line, name) for name in BY_LINES} | {
        "from_date": entry.effective_at - timedelta(days=chance.randrange(15)),
        "to_date": entry.effective_at + timedelta(days=chance.randrange(15)),
        "posted_from": entry.posted_at,
        "posted_to": entry.posted_at,
        **{name: getattr(entry, name) for name in ("event_type", "actor", "correlation_id", "event_id", "idempotency_key")},
    }
    known = {name: value for name, value in values.items() if value is not None}
    names = chance.sample(sorted(known), min(len(known), number))
    return {name: NEVER[name] if chance.random() < 0.05 else known[name] for name in names}


async def test_the_pages_of_any_filters_are_the_entries_that_match_them(store: Store) -> None:
    reads, chance = Reads(store), Random(20_261_126)
    async with running_writer(store) as writer:
        tenant, other = Tenant(writer), Tenant(writer)
        await post_variety(tenant)
        await eventful_loan(other)
    entries = await pages(reads, tenant.tenant_id, JournalFilter())
    ids = [entry.journal_entry_id for entry in entries]
    assert len(ids) == 25
    assert ids == sorted(ids, reverse=True)
    for number in range(COMBINATIONS):
        filters = filters_of(chance, entries, 1 + number % 3)
        expected = [entry.journal_entry_id for entry in entries if matches(entry, filters)]
        found = await pages(reads, tenant.tenant_id, JournalFilter(**filters), chance.choice([1, 4, 200]))
        assert [entry.journal_entry_id for entry in found] == expected, filters
        assert not {entry.journal_entry_id for entry in await pages(reads, other.tenant_id, JournalFilter(**filters))} & set(ids)


@pytest.mark.parametrize("name", NEVER)
async def test_a_value_that_no_entry_has_gives_no_entries(store: Store, tenant: Tenant, name: str) -> None:
    await post_variety(tenant)
    assert await pages(Reads(store), tenant.tenant_id, JournalFilter(**{name: NEVER[name]})) == []


async def test_a_tenant_without_entries_has_one_empty_page(store: Store) -> None:
    for matching in (JournalFilter(), JournalFilter(from_date=TODAY), JournalFilter(account_code="1100")):
        assert await pages(Reads(store), new_id(), matching) == []


async def test_a_page_token_is_of_one_tenant_and_its_filters(store: Store, tenant: Tenant) -> None:
    await post_variety(tenant)
    reads = Reads(store)
    token = (await reads.entries(tenant.tenant_id, JournalFilter(actor="tester"), 2, None)).next_page_token
    for tenant_id, matching in (
        (new_id(), JournalFilter(actor="tester")),
        (tenant.tenant_id, JournalFilter(external_ref="tester")),
    ):
        with pytest.raises(InvalidPageToken):
            await reads.entries(tenant_id, matching, 2, token)


async def test_entries_are_found_by_a_key_that_was_forgotten_and_used_anew(store: Store, tenant: Tenant) -> None:
    reads, loan_id, matching = Reads(store), new_id(), JournalFilter(idempotency_key="used-twice")
    await tenant.post(disbursement(loan_id), "used-twice")
    await KeyRetention(store, lambda: noon() + timedelta(days=60), 30).forget_expired()
    assert [entry.event_type for entry in await pages(reads, tenant.tenant_id, matching)] == ["disbursement"]
    await tenant.post(payment(loan_id, 5), "used-twice")
    found = await pages(reads, tenant.tenant_id, matching, 1)
    assert [entry.event_type for entry in found] == ["payment_received", "disbursement"]
