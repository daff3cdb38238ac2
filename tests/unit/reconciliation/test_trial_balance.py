"""The trial balance adds up every line, by currency and layer."""

from collections.abc import Callable
from functools import partial

from app.limits import AMOUNT_MINOR_MAX
from app.reconciliation.trial_balance import TrialBalance, trial_balance
from app.store.store import Store
from tests.support.events import Tenant, day, disbursement, new_id, payment, reversal


async def balances(store: Store, tenant: Tenant) -> list[TrialBalance]:
    return await store.read([tenant.tenant_id], partial(trial_balance, tenant_id=tenant.tenant_id))


async def test_every_posting_counts_on_both_sides_in_its_currency(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 1_000))
    paid = await tenant.post(payment(loan_id, 400))
    await tenant.post(reversal(paid["journal_entry_id"]))
    await tenant.post(disbursement(new_id(), 70, currency="EUR"))
    await Tenant(tenant.writer).post(disbursement(new_id(), 5, currency="GBP"))
    found = await balances(store, tenant)
    assert found == [TrialBalance("EUR", "SETTLED", 70, 70), TrialBalance("USD", "SETTLED", 1_800, 1_800)]
    assert all(each.is_balanced for each in found)


async def test_a_tenant_without_postings_has_none(store: Store, tenant: Tenant) -> None:
    assert await balances(store, tenant) == []


async def test_a_changed_line_unbalances_its_layer_only(store: Store, tenant: Tenant, tamper: Callable[[str], None]) -> None:
    await tenant.post(disbursement(new_id(), 1_000))
    await tenant.post(disbursement(new_id(), 70, currency="EUR"))
    tamper(
        f"UPDATE journal_lines SET amount_minor = 71 WHERE tenant_id = '{tenant.tenant_id}' "
        "AND currency = 'EUR' AND direction = 'CR'"
    )
    found = await balances(store, tenant)
    assert found == [TrialBalance("EUR", "SETTLED", 70, 71), TrialBalance("USD", "SETTLED", 1_000, 1_000)]
    assert [each.is_balanced for each in found] == [False, True]


async def test_sums_beyond_64_bits_are_exact(store: Store, tenant: Tenant) -> None:
    """Money that goes out and comes back is debited and credited twice."""
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, AMOUNT_MINOR_MAX, day(-2)))
    await tenant.post(payment(loan_id, AMOUNT_MINOR_MAX, day(-1)))
    assert await balances(store, tenant) == [TrialBalance("USD", "SETTLED", 2 * AMOUNT_MINOR_MAX, 2 * AMOUNT_MINOR_MAX)]
