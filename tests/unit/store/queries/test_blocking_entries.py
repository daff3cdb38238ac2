"""What must be reversed before an entry: later entries that lower a balance of its loans, unless they are reversed themselves."""

from functools import partial

from app.ledger.events.event import Event
from app.store.queries.blocking_entries import BlockingEntry, entries_blocking
from app.store.store import Store
from tests.support.events import TODAY, Tenant, day, disbursement, fee, new_id, payment, reversal


async def post(tenant: Tenant, *events: Event) -> list[str]:
    return [(await tenant.post(event))["journal_entry_id"] for event in events]


async def blocking(store: Store, tenant_id: str, entry_id: str, *loan_ids: str, limit: int = 50) -> list[BlockingEntry]:
    query = partial(entries_blocking, tenant_id=tenant_id, entry_id=entry_id, loan_ids=loan_ids, limit=limit)
    return await store.read([tenant_id], query)


async def test_payments_after_the_entry_block_it_newest_first(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    opened, first, second = await post(
        tenant, disbursement(loan_id, 1_000, day(-9)), payment(loan_id, 10, day(-5)), payment(loan_id, 20)
    )
    of_first = BlockingEntry(loan_id, first, "payment_received", day(-5))
    of_second = BlockingEntry(loan_id, second, "payment_received", TODAY)
    assert await blocking(store, tenant.tenant_id, opened, loan_id) == [of_second, of_first]
    assert await blocking(store, tenant.tenant_id, first, loan_id) == [of_second]
    assert await blocking(store, tenant.tenant_id, second, loan_id) == []


async def test_entries_that_only_add_to_balances_block_nothing(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    opened, *_ = await post(tenant, disbursement(loan_id, 1_000), fee(loan_id, 5), disbursement(loan_id, 7))
    assert await blocking(store, tenant.tenant_id, opened, loan_id) == []


async def test_reversed_entries_and_reversals_block_nothing(store: Store, tenant: Tenant) -> None:
    """A payment's reversal adds to a balance, and a fee's lowers one."""
    loan_id = new_id()
    opened, paid, assessed = await post(tenant, disbursement(loan_id, 1_000), payment(loan_id, 30), fee(loan_id, 5))
    await post(tenant, reversal(paid), reversal(assessed))
    assert await blocking(store, tenant.tenant_id, opened, loan_id) == []


async def test_only_the_loans_asked_for_and_the_tenant_s_own_count(store: Store, tenant: Tenant) -> None:
    loan_id, other_loan_id, other = new_id(), new_id(), Tenant(tenant.writer)
    opened, _ = await post(tenant, disbursement(loan_id, 1_000), disbursement(other_loan_id, 1_000))
    [paid] = await post(tenant, payment(other_loan_id, 1))
    await post(other, disbursement(loan_id, 1_000), payment(loan_id, 1))
    assert await blocking(store, tenant.tenant_id, opened, loan_id) == []
    found = await blocking(store, tenant.tenant_id, opened, loan_id, other_loan_id)
    assert [(entry.loan_id, entry.journal_entry_id) for entry in found] == [(other_loan_id, paid)]


async def test_no_more_are_named_than_the_limit(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    opened, *paid = await post(tenant, disbursement(loan_id, 1_000), *(payment(loan_id, 1 + number) for number in range(3)))
    found = await blocking(store, tenant.tenant_id, opened, loan_id, limit=2)
    assert [entry.journal_entry_id for entry in found] == [paid[2], paid[1]]
