"""Balances of loans and accounts as of any date, on both engines, against an account of the same postings that adds up lines."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import select

from app.ledger.balance import AccountBalance
from app.ledger.chart import SETTLED, normal_side
from app.reads.service import Reads
from app.store.store import Store
from app.store.tables import journal_lines
from tests.support.events import Tenant, accrual, day, disbursement, fee, new_id, payment

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
