"""Balances of accounts as of a date: debits and credits up to it, over all stripes."""

from functools import partial

from sqlalchemy import Connection, insert

from app.ledger.balance import AccountBalance
from app.ledger.chart import SETTLED
from app.limits import AMOUNT_MINOR_MAX
from app.store.queries.account_balances import AccountAsOf, account_balances
from app.store.store import Store
from app.store.tables import account_days, account_totals
from tests.support.events import TODAY, Tenant, day, disbursement, new_id, payment

ZEROS = AccountBalance(0, 0)


async def balances(store: Store, *keys: AccountAsOf) -> list[AccountBalance]:
    """In the order of the keys."""
    found = await store.read(sorted({tenant_id for tenant_id, *_ in keys}), partial(account_balances, keys=keys))
    return [found[key] for key in keys]


async def test_a_balance_has_both_sides_up_to_its_date(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 1_000, day(-9)))
    await tenant.post(payment(loan_id, 400, day(-3)))
    await tenant.post(payment(loan_id, 100, day(1)))
    found = await balances(store, *((tenant.tenant_id, "1100", "USD", SETTLED, day(offset)) for offset in (-10, -9, -3, 0, 1)))
    assert found == [
        ZEROS,
        AccountBalance(1_000, 0),
        AccountBalance(1_000, 400),
        AccountBalance(1_000, 400),
        AccountBalance(1_000, 500),
    ]


async def test_each_part_of_the_key_tells_accounts_apart(store: Store, tenant: Tenant) -> None:
    other = Tenant(tenant.writer)
    await tenant.post(disbursement(new_id(), 111))
    await tenant.post(disbursement(new_id(), 5, currency="EUR"))
    await other.post(disbursement(new_id(), 222))
    found = await balances(
        store,
        (tenant.tenant_id, "1100", "USD", SETTLED, TODAY),
        (tenant.tenant_id, "1100", "EUR", SETTLED, TODAY),
        (tenant.tenant_id, "2000", "USD", SETTLED, TODAY),
        (other.tenant_id, "1100", "USD", SETTLED, TODAY),
        (tenant.tenant_id, "1100", "USD", "PENDING", TODAY),
        (tenant.tenant_id, "1100", "GBP", SETTLED, TODAY),
        (new_id(), "1100", "USD", SETTLED, TODAY),
    )
    assert found == [AccountBalance(111, 0), AccountBalance(5, 0), AccountBalance(0, 111), AccountBalance(222, 0), *[ZEROS] * 3]


async def test_stripes_beyond_64_bits_in_all_are_added_up_without_loss(store: Store) -> None:
    tenant_id, largest = new_id(), AMOUNT_MINOR_MAX
    account = {"tenant_id": tenant_id, "account_code": "1100", "currency": "USD", "layer": SETTLED}

    def write(connection: Connection) -> None:
        for stripe in range(3):
            row = {**account, "stripe": stripe, "dr_minor": largest, "cr_minor": 1}
            connection.execute(insert(account_totals), row)
            connection.execute(insert(account_days), {**row, "effective_at": day(-1)})

    await store.write([tenant_id], write)
    found = await balances(store, *((tenant_id, "1100", "USD", SETTLED, day(offset)) for offset in (-2, 0)))
    assert found == [ZEROS, AccountBalance(3 * largest, 3)]
