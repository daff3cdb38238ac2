"""Balances of loans and accounts as of any date, on both engines, against an account of the same postings that adds up lines."""

import asyncio
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from app.ledger.balance import AccountBalance, LoanBalance
from app.ledger.chart import SETTLED, normal_side
from app.ledger.refusals import AmountOutOfRange
from app.limits import AMOUNT_MINOR_MAX
from app.reads.service import Reads
from app.refusal import NotFound
from app.store.queries.account_balances import account_balances
from app.store.queries.loan_balances import loan_balances
from app.store.store import Store
from app.store.tables import account_days, account_totals, journal_lines, loan_days, loans
from tests.support.events import BORROWER, TODAY, Tenant, accrual, day, disbursement, fee, new_id, noon, payment, running_writer

BUCKETS = {"1100": "principal_minor", "1200": "interest_minor", "1300": "fees_minor", "2100": "suspense_minor"}


async def history(tenant: Tenant, loan_id: str) -> None:
    """Postings over many dates, one of them back-dated and one of tomorrow."""
    await tenant.post(disbursement(loan_id, 100_000, day(-30)))
    await tenant.post(fee(loan_id, 500, day(-20)))
    await tenant.post(accrual(loan_id, 100_000, 700, day(-15)))
    await tenant.post(payment(loan_id, 2_000, day(-10)))
    await tenant.post(disbursement(loan_id, 50_000, day(-5)))
    await tenant.post(payment(loan_id, 400, day(-12)))
    await tenant.post(payment(loan_id, 30_000, day(1)))
    await tenant.post(payment(loan_id, 1_000_000, day(1)))


async def lines_of(store: Store, tenant: Tenant) -> list[Any]:
    line = journal_lines.c
    wanted = select(line.effective_at, line.account_code, line.direction, line.amount_minor, line.loan_id)
    return await store.read([tenant.tenant_id], lambda connection: list(connection.execute(wanted)))


def added_up(lines: list[Any], loan_id: str, as_of: date) -> dict[str, int]:
    sums: dict[str, int] = dict.fromkeys(BUCKETS.values(), 0)
    for effective_at, account_code, direction, amount_minor, of_loan in lines:
        if of_loan == loan_id and effective_at <= as_of:
            sums[BUCKETS[account_code]] += amount_minor if direction == normal_side(account_code) else -amount_minor
    return sums


async def test_a_loan_s_balance_is_what_its_lines_add_up_to_on_every_date(store: Store, tenant: Tenant) -> None:
    loan_id, other_loan_id = new_id(), new_id()
    await history(tenant, loan_id)
    await history(tenant, other_loan_id)
    lines, reads = await lines_of(store, tenant), Reads(store)
    for offset in range(-32, 3):
        balance = await reads.loan_balance(tenant.tenant_id, loan_id, day(offset))
        expected = added_up(lines, loan_id, day(offset))
        assert {name: getattr(balance, name) for name in BUCKETS.values()} == expected, offset
        assert balance.total_exposure_minor == sum(expected.values()) - expected["suspense_minor"]


async def test_an_account_s_balance_is_what_its_lines_add_up_to_on_every_date(store: Store, tenant: Tenant) -> None:
    await history(tenant, new_id())
    await history(tenant, new_id())
    lines, reads = await lines_of(store, tenant), Reads(store)
    for offset in range(-32, 3):
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        for effective_at, account_code, direction, amount_minor, _ in lines:
            if effective_at <= day(offset):
                sums[account_code, direction] += amount_minor
        for code in ("1050", "1100", "1200", "1300", "2000", "2100", "4000", "4100"):
            balance = await reads.account_balance(tenant.tenant_id, code, "USD", SETTLED, day(offset))
            assert balance == AccountBalance(sums[code, "DR"], sums[code, "CR"]), (code, offset)


async def test_the_last_activity_is_of_the_newest_posting_effective_by_the_date(store: Store) -> None:
    moments = [noon() + timedelta(microseconds=123_456), noon() + timedelta(minutes=1), noon() + timedelta(minutes=2)]
    times = iter([moments[0], moments[1], moments[2]])
    loan_id = new_id()
    async with running_writer(store, lambda: next(times)) as writer:
        tenant = Tenant(writer)
        await tenant.post(disbursement(loan_id, 100_000, day(-30)))
        await tenant.post(payment(loan_id, 10, day(-10)))
        await tenant.post(payment(loan_id, 10, day(-20)))
    reads = Reads(store)

    async def last_activity(offset: int) -> Any:
        return (await reads.loan_balance(tenant.tenant_id, loan_id, day(offset))).last_activity_at

    assert await last_activity(-31) is None
    assert await last_activity(-25) == moments[0]
    assert await last_activity(-20) == moments[2]
    assert await last_activity(-10) == moments[2]
    assert await last_activity(0) == moments[2]


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


async def test_the_largest_amounts_are_added_up_without_loss(store: Store) -> None:
    """Changes whose running sum leaves 64 bits, though the balance itself does not."""
    tenant_id, loan_id, largest = new_id(), new_id(), AMOUNT_MINOR_MAX
    days = [(-4, largest), (-3, -largest), (-2, largest), (-1, -5)]

    def write(connection: Connection) -> None:
        none = {"interest_minor": 0, "fees_minor": 0, "suspense_minor": 0}
        loan = {"tenant_id": tenant_id, "loan_id": loan_id, "last_posted_at": noon(), **none}
        opened = {"borrower_id": BORROWER, "currency": "USD", "opened_on": day(-4), "last_effective_on": day(-1)}
        connection.execute(insert(loans), {**loan, **opened, "principal_minor": largest - 5})
        for offset, change in days:
            connection.execute(insert(loan_days), {**loan, "effective_at": day(offset), "principal_minor": change})
        account = {"tenant_id": tenant_id, "account_code": "1100", "currency": "USD", "layer": SETTLED}
        for stripe in range(3):
            sides = {"dr_minor": largest, "cr_minor": 1}
            connection.execute(insert(account_totals), {**account, "stripe": stripe, **sides})
            connection.execute(insert(account_days), {**account, "stripe": stripe, **sides, "effective_at": day(-1)})

    def read(connection: Connection) -> Any:
        loan_keys = [(tenant_id, loan_id, day(offset)) for offset in range(-5, 1)]
        account_keys = [(tenant_id, "1100", "USD", SETTLED, day(offset)) for offset in (-2, 0)]
        found = loan_balances(connection, loan_keys)
        principal = [balance.principal_minor for key in loan_keys if (balance := found[key]) is not None]
        return principal, list(account_balances(connection, account_keys).values())

    await store.write([tenant_id], write)
    principal, accounts = await store.read([tenant_id], read)
    assert principal == [0, largest, 0, largest, largest - 5, largest - 5]
    assert accounts == [AccountBalance(0, 0), AccountBalance(3 * largest, 3)]
    with pytest.raises(AmountOutOfRange):
        await Reads(store).account_balance(tenant_id, "1100", "USD", SETTLED, TODAY)
