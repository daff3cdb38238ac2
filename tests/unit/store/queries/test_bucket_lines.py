"""The lines of the buckets that an entry has lines on, and whether their entries can still be reversed."""

from functools import partial

from app.ledger.events.event import Event
from app.ledger.reversal_advice import BucketLine
from app.store.queries.bucket_lines import bucket_lines
from app.store.store import Store
from tests.support.events import TODAY, Tenant, accrual, day, disbursement, fee, new_id, payment, reversal


async def post(tenant: Tenant, *events: Event) -> list[str]:
    return [(await tenant.post(event))["journal_entry_id"] for event in events]


async def lines(store: Store, tenant_id: str, entry_id: str, *loan_ids: str) -> list[BucketLine]:
    found = await store.read([tenant_id], partial(bucket_lines, tenant_id=tenant_id, entry_id=entry_id, loan_ids=loan_ids))
    return sorted(found, key=lambda each: each.journal_entry_id)


async def test_all_lines_of_the_entrys_buckets_are_read_and_no_others(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    first, _, _, second, paid = await post(
        tenant,
        disbursement(loan_id, 1_000, day(-9)),
        accrual(loan_id, 1_000, 7, day(-8)),
        fee(loan_id, 5, day(-7)),
        disbursement(loan_id, 10, day(-6)),
        payment(loan_id, 100),
    )
    assert await lines(store, tenant.tenant_id, first, loan_id) == [
        BucketLine(loan_id, "1100", first, "disbursement", day(-9), "DR", 1_000, True),
        BucketLine(loan_id, "1100", second, "disbursement", day(-6), "DR", 10, True),
        BucketLine(loan_id, "1100", paid, "payment_received", TODAY, "CR", 88, True),
    ]
    assert {line.account_code for line in await lines(store, tenant.tenant_id, paid, loan_id)} == {"1100", "1200", "1300"}


async def test_reversals_and_what_they_reversed_cannot_be_reversed(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    opened, paid = await post(tenant, disbursement(loan_id, 1_000), payment(loan_id, 30))
    [undone] = await post(tenant, reversal(paid))
    found = {line.journal_entry_id: line.can_be_reversed for line in await lines(store, tenant.tenant_id, opened, loan_id)}
    assert found == {opened: True, paid: False, undone: False}
    assert all(isinstance(each, bool) for each in found.values())


async def test_only_the_loans_asked_for_and_the_tenant_s_own_count(store: Store, tenant: Tenant) -> None:
    loan_id, other_loan_id, other = new_id(), new_id(), Tenant(tenant.writer)
    await post(tenant, disbursement(loan_id, 1_000), disbursement(other_loan_id, 1_000))
    accrued, *_ = await post(tenant, accrual(loan_id, 1_000, 5))
    await post(other, disbursement(loan_id, 1_000), accrual(loan_id, 1_000, 5))
    assert await lines(store, tenant.tenant_id, accrued, other_loan_id) == []
    assert [line.journal_entry_id for line in await lines(store, tenant.tenant_id, accrued, loan_id, other_loan_id)] == [accrued]
    assert await lines(store, other.tenant_id, accrued, loan_id) == []
