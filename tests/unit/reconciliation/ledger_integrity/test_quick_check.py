"""Two quick answers, each no to exactly what its longer checks would find."""

from collections.abc import Callable
from functools import partial

import pytest

from app.reconciliation.ledger_integrity.quick_check import entries_balance, lines_add_up
from app.store.store import Store
from tests.support.events import Tenant, disbursement, fee, new_id

INCOME = "{0} AND account_code = '4000'"
FEES = "{0} AND account_code = '4100'"
FEE_ENTRY = "journal_entry_id = (SELECT journal_entry_id FROM journal_entries {0} AND event_type = 'fee_assessed')"
RIGHT, WRONG = True, False
TAMPERINGS: dict[str, tuple[str, bool, bool]] = {
    "a line's amount": (f"UPDATE journal_lines SET amount_minor = amount_minor + 1 {INCOME}", WRONG, WRONG),
    "a line's direction": (f"UPDATE journal_lines SET direction = 'DR' {INCOME}", WRONG, WRONG),
    "a line's account": (f"UPDATE journal_lines SET account_code = '4100' {INCOME}", WRONG, RIGHT),
    "a line's currency": (f"UPDATE journal_lines SET currency = 'EUR' {INCOME}", WRONG, WRONG),
    "a line's layer": (f"UPDATE journal_lines SET layer = 'PENDING' {INCOME}", WRONG, WRONG),
    "a line's date": (f"UPDATE journal_lines SET effective_at = '2026-01-01' {INCOME}", WRONG, RIGHT),
    "a line's sequence": (f"UPDATE journal_lines SET sequence = 3 {{0}} AND {FEE_ENTRY} AND sequence = 2", WRONG, RIGHT),
    "a line deleted": (f"DELETE FROM journal_lines {INCOME}", WRONG, WRONG),
    "both lines of an entry deleted": (f"DELETE FROM journal_lines {{0}} AND {FEE_ENTRY}", WRONG, RIGHT),
    "an entry deleted from under its lines": ("DELETE FROM journal_entries {0} AND event_type = 'fee_assessed'", WRONG, RIGHT),
    "an entry's line count": (
        "UPDATE journal_entries SET line_count = line_count + 1 {0} AND event_type = 'fee_assessed'",
        WRONG,
        RIGHT,
    ),
    "an entry's date": (
        "UPDATE journal_entries SET effective_at = '2026-01-01' {0} AND event_type = 'fee_assessed'",
        WRONG,
        RIGHT,
    ),
    "a total": (f"UPDATE account_totals SET cr_minor = cr_minor + 1 {FEES}", WRONG, RIGHT),
    "a day": (f"UPDATE account_days SET cr_minor = cr_minor + 1 {FEES}", WRONG, RIGHT),
    "a total deleted": (f"DELETE FROM account_totals {FEES}", WRONG, RIGHT),
}
"""What is done, and whether lines add up and entries balance afterwards."""


async def answers(store: Store, tenant_id: str) -> tuple[bool, bool]:
    return (
        await store.read([tenant_id], partial(lines_add_up, tenant_id=tenant_id)),
        await store.read([tenant_id], partial(entries_balance, tenant_id=tenant_id)),
    )


async def test_untouched_books_are_right(store: Store, tenant: Tenant, loan_id: str) -> None:
    await tenant.post(disbursement(new_id(), 5, currency="EUR"))
    assert await answers(store, tenant.tenant_id) == (RIGHT, RIGHT)
    assert await answers(store, new_id()) == (RIGHT, RIGHT)


@pytest.mark.parametrize(("statement", "adds_up", "balances"), TAMPERINGS.values(), ids=TAMPERINGS)
async def test_what_was_changed_is_noticed(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None], statement: str, adds_up: bool, balances: bool
) -> None:
    tamper(statement.format(f"WHERE tenant_id = '{tenant.tenant_id}'"))
    assert await answers(store, tenant.tenant_id) == (adds_up, balances)


async def test_amounts_exchanged_between_two_entries_of_a_date_unbalance_both(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    """All sums of accounts and dates stay as they were."""
    for amount_minor in (5, 7):
        await tenant.post(fee(loan_id, amount_minor))
    tamper(
        "UPDATE journal_lines SET amount_minor = 12 - amount_minor "
        f"WHERE tenant_id = '{tenant.tenant_id}' AND account_code = '4100' AND amount_minor IN (5, 7)"
    )
    assert await answers(store, tenant.tenant_id) == (RIGHT, WRONG)


async def test_a_change_of_another_tenant_s_books_is_not_ours(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    other = Tenant(tenant.writer)
    await other.post(disbursement(new_id()))
    tamper(f"UPDATE journal_lines SET amount_minor = 1 WHERE tenant_id = '{other.tenant_id}' AND direction = 'DR'")
    assert await answers(store, tenant.tenant_id) == (RIGHT, RIGHT)
    assert await answers(store, other.tenant_id) == (WRONG, WRONG)
