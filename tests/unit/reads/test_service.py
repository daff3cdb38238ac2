"""What is read for an answer: balances, each right among many asked for together, and pages whose tokens fit their request."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert

from app import limits
from app.ledger.balance import AccountBalance, LoanBalance
from app.ledger.chart import SETTLED
from app.ledger.events.accrual import Accrual, AccruedLoan
from app.ledger.refusals import AmountOutOfRange, ReversalBlocked
from app.reads import service
from app.reads.page_token import InvalidPageToken
from app.reads.service import HistoryPage, Reads
from app.refusal import NotFound
from app.store.queries.journal import HistoryFilter
from app.store.store import Store
from app.store.tables import account_totals
from tests.support.events import TODAY, Tenant, day, disbursement, fee, new_id, payment, reversal

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


async def test_many_balances_asked_for_together_are_each_right(store: Store, tenant: Tenant) -> None:
    loan_ids = [new_id() for _ in range(40)]
    for number, loan_id in enumerate(loan_ids):
        await tenant.post(disbursement(loan_id, 1_000 + number, day(-10)))
        await tenant.post(payment(loan_id, 100, day(-5)))
    reads = Reads(store)
    asked = [(loan_id, offset) for loan_id in loan_ids for offset in (-11, -7, 0)]
    found = await asyncio.gather(*(reads.loan_balance(tenant.tenant_id, loan_id, day(offset)) for loan_id, offset in asked))
    for (loan_id, offset), balance in zip(asked, found, strict=True):
        opened = 1_000 + loan_ids.index(loan_id)
        assert balance.principal_minor == {-11: 0, -7: opened, 0: opened - 100}[offset]


async def test_unknown_and_foreign_loans_are_not_found_alike(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id))
    reads = Reads(store)
    for tenant_id, asked in ((tenant.tenant_id, new_id()), (new_id(), loan_id)):
        with pytest.raises(NotFound):
            await reads.loan_balance(tenant_id, asked, TODAY)


async def test_two_tenants_in_one_query_see_their_own(store: Store, tenant: Tenant) -> None:
    other, loan_id = Tenant(tenant.writer), new_id()
    await tenant.post(disbursement(loan_id, 111))
    await other.post(disbursement(loan_id, 222))
    reads = Reads(store)
    tenants = (tenant.tenant_id, other.tenant_id, new_id())
    own = await asyncio.gather(*(reads.loan_balance(asked, loan_id, TODAY) for asked in tenants), return_exceptions=True)
    assert [balance.principal_minor for balance in own[:2] if isinstance(balance, LoanBalance)] == [111, 222]
    assert isinstance(own[2], NotFound)
    totals = await asyncio.gather(*(reads.account_balance(asked, "1100", "USD", SETTLED, TODAY) for asked in tenants))
    assert [total.dr_minor for total in totals] == [111, 222, 0]


async def test_an_account_without_postings_is_zeros(store: Store, tenant: Tenant) -> None:
    await tenant.post(disbursement(new_id()))
    reads = Reads(store)
    for currency, layer in (("USD", "PENDING"), ("EUR", SETTLED)):
        assert await reads.account_balance(tenant.tenant_id, "1100", currency, layer, TODAY) == AccountBalance(0, 0)


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


async def test_what_blocks_a_reversal_is_named_newest_first(tenant: Tenant, reads: Reads) -> None:
    loan_id, other_loan_id = new_id(), new_id()
    opened, before, other = await post(
        tenant, disbursement(loan_id, 1_000), payment(loan_id, 10), disbursement(other_loan_id, 1_000)
    )
    later, assessed, undone = await post(tenant, payment(loan_id, 20), fee(loan_id, 5), payment(loan_id, 30))
    await post(tenant, reversal(undone), payment(other_loan_id, 1))
    found = await reads.bucket_lines(tenant.tenant_id, opened, [loan_id])
    assert {line.journal_entry_id: line.can_be_reversed for line in found if line.direction == "CR"} == {
        before: True,
        later: True,
        undone: False,
    }
    assert {line.account_code for line in found} == {"1100"}
    assert {line.journal_entry_id for line in found}.isdisjoint({other, assessed})
    with pytest.raises(ReversalBlocked) as blocked:
        await post(tenant, reversal(opened))
    assert [fault.message for fault in blocked.value.field_errors] == [
        f"loan {loan_id}: reverse payment_received {entry_id} with effective_at {TODAY} first" for entry_id in (later, before)
    ]


async def test_the_lines_of_more_loans_than_a_statement_takes_are_all_read(
    tenant: Tenant, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_LOANS_PER_QUERY", 2)
    loan_ids = await many_loans(tenant, 5)
    [accrued] = await post(tenant, batch(loan_ids))
    found = await reads.bucket_lines(tenant.tenant_id, accrued, loan_ids)
    assert sorted(line.loan_id for line in found) == sorted(loan_ids)


async def test_a_balance_beyond_the_largest_amount_is_refused_and_not_cut(store: Store, reads: Reads) -> None:
    tenant_id = new_id()
    account = {"tenant_id": tenant_id, "account_code": "1100", "currency": "USD", "layer": SETTLED, "cr_minor": 0}
    rows = [{**account, "stripe": stripe, "dr_minor": limits.AMOUNT_MINOR_MAX} for stripe in range(2)]
    await store.write([tenant_id], lambda connection: connection.execute(insert(account_totals), rows[:1]))
    balance = await reads.account_balance(tenant_id, "1100", "USD", SETTLED, TODAY)
    assert balance == AccountBalance(limits.AMOUNT_MINOR_MAX, 0)
    await store.write([tenant_id], lambda connection: connection.execute(insert(account_totals), rows[1:]))
    with pytest.raises(AmountOutOfRange) as refused:
        await reads.account_balance(tenant_id, "1100", "USD", SETTLED, TODAY)
    assert [error.field for error in refused.value.field_errors] == ["dr_balance_minor"]
