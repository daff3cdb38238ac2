"""Balances of loans as of a date: what the lines up to it add up to, whatever was posted later."""

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert

from app.ledger.balance import LoanBalance
from app.limits import AMOUNT_MINOR_MAX
from app.store.queries.loan_balances import LoanAsOf, loan_balances
from app.store.store import Store
from app.store.tables import loan_days, loans
from tests.support.events import (
    BORROWER,
    Tenant,
    accrual,
    day,
    disbursement,
    fee,
    moment_of,
    new_id,
    noon,
    payment,
    running_writer,
)


async def balances(store: Store, *keys: LoanAsOf) -> list[LoanBalance | None]:
    """In the order of the keys."""
    found = await store.read(sorted({tenant_id for tenant_id, *_ in keys}), partial(loan_balances, keys=keys))
    return [found[key] for key in keys]


async def test_a_balance_is_as_of_its_date_bucket_by_bucket(store: Store, tenant: Tenant) -> None:
    loan_id, tenant_id = new_id(), tenant.tenant_id
    await tenant.post(disbursement(loan_id, 1_000, day(-9)))
    await tenant.post(fee(loan_id, 50, day(-7)))
    await tenant.post(accrual(loan_id, 1_000, 7, day(-5)))
    await tenant.post(payment(loan_id, 1_100, day(-3)))
    expected = [
        LoanBalance("USD", 0, 0, 0, 0, None),
        LoanBalance("USD", 1_000, 0, 0, 0, moment_of(0)),
        LoanBalance("USD", 1_000, 0, 50, 0, moment_of(1)),
        LoanBalance("USD", 1_000, 7, 50, 0, moment_of(2)),
        LoanBalance("USD", 0, 0, 0, 43, moment_of(3)),
        LoanBalance("USD", 0, 0, 0, 43, moment_of(3)),
    ]
    assert await balances(store, *((tenant_id, loan_id, day(offset)) for offset in (-10, -8, -6, -4, -3, 0))) == expected


async def test_the_last_activity_is_of_the_newest_posting_effective_by_the_date(store: Store) -> None:
    moments = [noon() + timedelta(microseconds=123_456), noon() + timedelta(minutes=1), noon() + timedelta(minutes=2)]
    times = iter(moments)
    loan_id = new_id()
    async with running_writer(store, lambda: next(times)) as writer:
        tenant = Tenant(writer)
        await tenant.post(disbursement(loan_id, 100_000, day(-30)))
        await tenant.post(payment(loan_id, 10, day(-10)))
        await tenant.post(payment(loan_id, 10, day(-20)))
    found = await balances(store, *((tenant.tenant_id, loan_id, day(offset)) for offset in (-31, -25, -20, -10, 0)))
    activities = [balance.last_activity_at for balance in found if balance is not None]
    assert activities == [None, moments[0], moments[2], moments[2], moments[2]]


async def test_each_key_has_its_own_answer_and_an_unknown_loan_none(store: Store, tenant: Tenant) -> None:
    """The same loan id in two tenants, and the same loan as of two dates."""
    loan_id, other = new_id(), Tenant(tenant.writer)
    await tenant.post(disbursement(loan_id, 111, day(-2)))
    await other.post(disbursement(loan_id, 222, day(-2)))
    found = await balances(
        store,
        (tenant.tenant_id, loan_id, day(0)),
        (other.tenant_id, loan_id, day(0)),
        (tenant.tenant_id, loan_id, day(-3)),
        (tenant.tenant_id, new_id(), day(0)),
        (new_id(), loan_id, day(0)),
    )
    assert [balance and balance.principal_minor for balance in found] == [111, 222, 0, None, None]


async def test_the_largest_amounts_are_added_up_without_loss(store: Store) -> None:
    """Changes whose running sum leaves 64 bits, though the balance itself does not."""
    tenant_id, loan_id, largest = new_id(), new_id(), AMOUNT_MINOR_MAX

    def write(connection: Connection) -> None:
        none = {"interest_minor": 0, "fees_minor": 0, "suspense_minor": 0}
        loan: dict[str, Any] = {"tenant_id": tenant_id, "loan_id": loan_id, "last_posted_at": noon(), **none}
        opened = {"borrower_id": BORROWER, "currency": "USD", "opened_on": day(-4), "last_effective_on": day(-1)}
        connection.execute(insert(loans), {**loan, **opened, "principal_minor": largest - 5})
        for offset, change in ((-4, largest), (-3, -largest), (-2, largest), (-1, -5)):
            connection.execute(insert(loan_days), {**loan, "effective_at": day(offset), "principal_minor": change})

    await store.write([tenant_id], write)
    found = await balances(store, *((tenant_id, loan_id, day(offset)) for offset in range(-5, 1)))
    principal = [balance and balance.principal_minor for balance in found]
    assert principal == [0, largest, 0, largest, largest - 5, largest - 5]
