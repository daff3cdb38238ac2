"""Every statement of a request reads by key on PostgreSQL: its plan, as the application's role, with 100,000 loans beside it.

Row-level security makes this easy to lose: a condition that holds a function which may leak values, such as a cast from text, is
no index condition, and the statement then reads the rows of all tenants.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

import psycopg
import pytest

from app import limits
from app.clock import microseconds
from app.ids import first_uuid7_of
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.refusals import ReversalBlocked
from app.posting.key_retention import KeyRetention
from app.reads.service import Reads
from app.reconciliation.service import Reconciliation
from app.store.open import open_store
from app.store.queries import journal_search
from app.store.queries.journal import HistoryFilter
from app.store.queries.journal_search import JournalFilter
from app.store.queries.webhook_due import oldest_pending
from app.store.store import Store
from tests.support.databases import Databases
from tests.support.events import BORROWER, TODAY, Tenant, day, disbursement, new_id, noon, running_writer
from tests.support.postings import POSTINGS, Facts, Posting
from tests.support.query_plans import Plan, Plans, explain_statements, heard_plans
from tests.support.webhooks import LATER, LEASE_SECONDS, Webhooks, attempt

LOANS: Final = 100_000
DAYS: Final = 1_100
"""On which the loan that is asked for was accrued."""
ROWS_OF_A_REQUEST: Final = 200
"""More than any request here needs of one table, and far fewer than the loan has days."""
SMALL_TABLES: Final = frozenset({"alembic_version", "secrets", "tenants", "account_totals", "webhook_endpoints"})
"""Tables of which a page or two hold all rows."""
LARGE, SMALL = new_id(), new_id()
"""The tenant of the 100,000 loans, and one with a single loan."""
OPENED: Final = TODAY - timedelta(days=DAYS)
FILL: Final = f"""
    SET session_replication_role = replica;
    CREATE FUNCTION numbered(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT ('00000000-0000-7000-' || lpad(to_hex(kind), 4, '0') || '-' || lpad(to_hex(number), 12, '0'))::uuid $$;
    CREATE FUNCTION entry_id(number bigint, posted date) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (lpad(to_hex((posted - DATE '1970-01-01') * 86400000::bigint), 12, '0') || '70008000'
            || lpad(to_hex(number), 12, '0'))::uuid $$;
    CREATE TABLE posted AS
        SELECT number AS loan, number AS entry, DATE '{OPENED}' AS effective_at, '1100' AS code, 'disbursement' AS event_type
        FROM generate_series(1, {LOANS}) AS number
        UNION ALL SELECT 1, {LOANS} + n, DATE '{OPENED}' + n::int, '1200', 'accrual' FROM generate_series(1, {DAYS}) AS n;
    INSERT INTO tenants VALUES ('{LARGE}');
    INSERT INTO journal_entries SELECT '{LARGE}', entry_id(entry, effective_at), numbered(2, entry), event_type,
        effective_at, effective_at, 2, numbered(3, entry), 'tester' FROM posted;
    INSERT INTO journal_lines SELECT '{LARGE}', entry_id(entry, effective_at), side, effective_at,
        CASE side WHEN 1 THEN code ELSE '4000' END,
        CASE side WHEN 1 THEN 'DR' ELSE 'CR' END, 1000, 'USD', 'SETTLED', CASE side WHEN 1 THEN numbered(4, loan) END,
        CASE side WHEN 1 THEN '{BORROWER}'::uuid END FROM posted, generate_series(1, 2) AS side;
    INSERT INTO loans SELECT '{LARGE}', numbered(4, loan), '{BORROWER}', 'USD', min(effective_at), max(effective_at),
        max(effective_at), 1000, 1000 * (count(*) - 1), 0, 0 FROM posted GROUP BY loan;
    INSERT INTO loan_days SELECT '{LARGE}', numbered(4, loan), effective_at, effective_at,
        CASE code WHEN '1100' THEN 1000 ELSE 0 END, CASE code WHEN '1100' THEN 0 ELSE 1000 END, 0, 0,
        CASE code WHEN '1200' THEN entry_id(entry, effective_at) END FROM posted;
    INSERT INTO account_days SELECT '{LARGE}', account, 'USD', 'SETTLED', effective_at, stripe, 1000, 0
        FROM posted, unnest(ARRAY['1100', '1200', '4000']) AS account, generate_series(0, 15) AS stripe WHERE loan = 1;
    INSERT INTO account_totals SELECT tenant_id, account_code, currency, layer, stripe, sum(dr_minor), sum(cr_minor)
        FROM account_days GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO idempotency_keys SELECT '{LARGE}', 'key:' || n, 'hash', 'body', TIMESTAMPTZ '{TODAY}'
        FROM generate_series(1, {LOANS}) AS n;
    DROP TABLE posted;
    ANALYZE"""
LOAN: Final = "00000000-0000-7000-0004-000000000001"
FIRST_ENTRY: Final = f"{first_uuid7_of(microseconds(datetime.combine(OPENED, time(), UTC)))[:23]}-000000000001"
Ask = Callable[[Reads], Awaitable[object]]
HISTORIES: Final = {
    "the history": HistoryFilter(),
    "the history from a date": HistoryFilter(from_date=day(-60)),
    "the history up to a date": HistoryFilter(to_date=day(-1)),
    "the history of an event type": HistoryFilter(event_type="accrual"),
}
ACCOUNT: Final = (LARGE, "1200", "USD", "SETTLED")


async def two_pages(reads: Reads, matching: HistoryFilter) -> None:
    page = await reads.loan_entries(LARGE, LOAN, matching, 5, None)
    assert page.next_page_token is not None
    assert len((await reads.loan_entries(LARGE, LOAN, matching, 5, page.next_page_token)).entries) == 5


SEARCHES: Final = {
    "all entries": JournalFilter(),
    "entries of a common type": JournalFilter(event_type="disbursement"),
    "entries of a type that there is none of": JournalFilter(event_type="chargeoff"),
    "payments": JournalFilter(event_type="payment_received"),
    "entries on an account": JournalFilter(account_code="1100", currency="USD"),
    "entries on payment clearing": JournalFilter(account_code="1050"),
    "entries in a currency": JournalFilter(currency="USD"),
    "entries in a currency that there is none of": JournalFilter(currency="EUR"),
    "entries of the only actor": JournalFilter(actor="tester"),
    "entries of nobody": JournalFilter(actor="nobody"),
    "entries of no request": JournalFilter(correlation_id=new_id()),
    "entries with a reference that there is none of": JournalFilter(external_ref="none"),
    "the entry of no event": JournalFilter(event_id=new_id()),
    "the entry of no key": JournalFilter(idempotency_key="no-such-key"),
    "the entry of a key": JournalFilter(idempotency_key="key:7"),
    "entries of a day": JournalFilter(from_date=day(-60), to_date=day(-60)),
    "entries up to a day before all": JournalFilter(to_date=OPENED - timedelta(days=1)),
    "entries of an actor and a type": JournalFilter(actor="tester", event_type="accrual"),
    "entries of nobody in a month": JournalFilter(actor="nobody", from_date=day(-60), to_date=day(-31)),
}
"""Filters of the tenant's journal. Some entries that do not match may be looked at, a bounded number of them."""
READS: Final[dict[str, Ask]] = {
    "a loan's current balance": lambda reads: reads.loan_balance(LARGE, LOAN, TODAY),
    "a loan's balance as of a date": lambda reads: reads.loan_balance(LARGE, LOAN, day(-30)),
    "an account's current balance": lambda reads: reads.account_balance(*ACCOUNT, TODAY),
    "an account's balance as of a date": lambda reads: reads.account_balance(*ACCOUNT, day(-3)),
    "an entry": lambda reads: reads.entry(LARGE, FIRST_ENTRY, None),
    **{name: partial(two_pages, matching=matching) for name, matching in HISTORIES.items()},
}


@pytest.fixture(scope="module")
def large_url(databases: Databases) -> Iterator[str]:
    """A database with 100,000 loans of one tenant; its rows are made by the owner, without the application."""
    with databases.fresh("postgresql") as url:
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(FILL.encode())
        explain_statements(url)
        yield url


@pytest.fixture
def plans() -> Iterator[Plans]:
    with heard_plans() as heard:
        yield heard


@pytest.fixture
async def large(large_url: str, plans: Plans) -> AsyncIterator[Store]:
    store = open_store(large_url)
    yield store
    await store.close()


def by_key(found: list[Plan]) -> list[Plan]:
    """The plans, none of which scans a table or reads more rows of one than a request needs."""
    assert found
    for plan in found:
        for scan in plan.scans:
            assert scan.table in SMALL_TABLES or scan.kind != "Seq Scan", f"{scan}: {plan.statement}"
            assert scan.rows <= ROWS_OF_A_REQUEST, f"{scan}: {plan.statement}"
    return found


@pytest.mark.parametrize("name", SEARCHES)
async def test_a_search_looks_at_a_bounded_number_of_entries(
    large: Store, plans: Plans, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no filter is left to check, at what it answers only."""
    monkeypatch.setattr(journal_search, "SCANNED", ROWS_OF_A_REQUEST // 4)
    monkeypatch.setattr(journal_search, "PROBED", ROWS_OF_A_REQUEST // 4)
    reads, token = Reads(large), None
    for _ in range(2):
        page = await reads.entries(LARGE, SEARCHES[name], 5, token)
        by_key(await plans.take())
        token = page.next_page_token
        if token is None:
            break


def tables(found: list[Plan]) -> set[str]:
    return {scan.table for plan in found for scan in plan.scans}


@pytest.mark.parametrize("name", READS)
async def test_a_read_looks_at_what_it_answers_only(large: Store, plans: Plans, name: str) -> None:
    await READS[name](Reads(large))
    by_key(await plans.take())


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
async def test_a_posting_looks_at_its_own_loans_only(large: Store, plans: Plans, posting: Posting) -> None:
    """A back-dated one too; the triggers' statements are among those that are looked at."""
    facts = Facts(new_id(), on=TODAY, amount_minor=5)
    async with running_writer(large) as writer:
        tenant = Tenant(writer, LARGE)
        await tenant.post(disbursement(facts.loan_id, 500, day(-5)), new_id())
        refers_to = new_id()
        if posting.after is not None:
            refers_to = (await tenant.post(posting.after.event(facts), new_id()))["journal_entry_id"]
        await plans.take()
        for on in (TODAY,) if posting.after else (TODAY, day(-2)):
            asked = Facts(facts.loan_id, on=on, amount_minor=5, principal_minor=500, entry_id=refers_to)
            await tenant.post(posting.event(asked), new_id())
            found = by_key(await plans.take())
            assert {"journal_entries", "idempotency_keys"} <= tables(found)


async def test_a_blocked_reversal_looks_at_later_entries_of_its_loans_only(large: Store, plans: Plans) -> None:
    loan_id = new_id()
    async with running_writer(large) as writer:
        tenant = Tenant(writer, LARGE)
        opened = await tenant.post(disbursement(loan_id, 500, day(-5)), new_id())
        await tenant.post(POSTINGS[1].event(Facts(loan_id, on=day(-2))), new_id())
        await plans.take()
        with pytest.raises(ReversalBlocked):
            await tenant.post(POSTINGS[-1].event(Facts(loan_id, on=TODAY, entry_id=opened["journal_entry_id"])), new_id())
        assert any("reversal" in plan.statement for plan in by_key(await plans.take()))


async def test_an_accrual_of_many_loans_looks_at_each_of_them_once(large: Store, plans: Plans) -> None:
    loan_ids = [f"00000000-0000-7000-0004-{number:012x}" for number in range(2, 102)]
    event = Accrual(new_id(), TODAY, "ACT_365", tuple(AccruedLoan(loan_id, 1_000, 7) for loan_id in loan_ids))
    async with running_writer(large) as writer:
        await Tenant(writer, LARGE).post(event, new_id())
    by_key(await plans.take())


async def test_reconciliation_reads_its_own_tenant_only(large: Store, plans: Plans) -> None:
    async with running_writer(large) as writer:
        await Tenant(writer, SMALL).post(disbursement(new_id(), 500, day(-5)), new_id())
    await plans.take()
    status = await Reconciliation(large, noon).status(SMALL, date(2026, 3, 1))
    assert status["ledger_integrity"]["status"] == "ok"
    by_key(await plans.take())


def without_counts(plans: list[Plan]) -> list[Plan]:
    """What counts an endpoint's entries goes through them in parts, each once, to the end of a part."""
    return [plan for plan in plans if "count(*)" not in plan.statement and "OFFSET" not in plan.statement]


async def test_webhooks_look_at_their_own_entries_only(large: Store, plans: Plans) -> None:
    """Of an endpoint that has seen everything, of one that has seen nothing, and of what is attempted."""
    webhooks = Webhooks(large, LARGE)
    await webhooks.create(starts="now")
    endpoint_id = await webhooks.create(starts="beginning")
    by_key(without_counts(await plans.take()))
    lease = await webhooks.lease(endpoint_id)
    [leased] = await webhooks.deliveries.renew([lease], LEASE_SECONDS)
    page = await webhooks.deliveries.untried(lease, leased.cursor, 50)
    assert page is not None
    await webhooks.deliveries.with_work({lease: page.cursor}, LATER)
    await webhooks.deliveries.record([attempt(lease, each, "pending") for each in page.entries], {lease: page.cursor})
    await webhooks.deliveries.due(lease, LATER, 50)
    await webhooks.redeliver(endpoint_id, page.entries[0].journal_entry_id)
    await webhooks.disable(endpoint_id)
    await webhooks.enable(endpoint_id)
    found = by_key(without_counts(await plans.take()))
    assert {"webhook_endpoints", "webhook_deliveries", "journal_entries"} <= tables(found)


async def test_the_oldest_pending_entry_is_found_by_two_look_ups_for_each_endpoint(large: Store, plans: Plans) -> None:
    await Webhooks(large, LARGE).create(starts="beginning")
    await plans.take()
    assert await large.read([LARGE], oldest_pending) is not None
    found = by_key(await plans.take())
    assert {"webhook_endpoints", "webhook_deliveries", "journal_entries"} <= tables(found)


async def test_a_page_of_deliveries_looks_at_little_more_than_it_shows(large: Store, plans: Plans) -> None:
    """However much waits; what is sorted is bounded."""
    webhooks = Webhooks(large, LARGE)
    endpoint_id = await webhooks.create(starts="beginning")
    await plans.take()
    for status in (None, "pending", "delivered", "failed"):
        await webhooks.listed(endpoint_id, status)
    for plan in await plans.take():
        assert all(scan.table in SMALL_TABLES or scan.kind != "Seq Scan" for scan in plan.scans), plan.statement
        assert all(scan.rows <= limits.WAITING_SORTED + 1 for scan in plan.scans), plan.statement


async def test_forgetting_keys_looks_at_old_ones_only(large: Store, plans: Plans) -> None:
    await KeyRetention(large, noon, 30).forget_expired()
    by_key(await plans.take())
