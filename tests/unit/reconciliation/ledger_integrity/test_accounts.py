"""An account whose record is not the sum of its lines is named, and no other."""

from collections.abc import Callable
from functools import partial

import pytest

from app.reconciliation.ledger_integrity.accounts import mismatched_accounts
from app.reconciliation.ledger_integrity.mismatch import Mismatch
from app.store.store import Store
from tests.support.events import Tenant, disbursement, eventful_loan, new_id

INCOME = "AND account_code = '4000'"
TAMPERINGS: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "a total's debits": (
        "UPDATE account_totals SET dr_minor = dr_minor + 1 {0} AND account_code = '1050'",
        [("1050", "USD", "SETTLED")],
    ),
    "a total's credits": (
        "UPDATE account_totals SET cr_minor = cr_minor + 1 {0} AND account_code = '1050'",
        [("1050", "USD", "SETTLED")],
    ),
    "both sides of a total by the same": (
        "UPDATE account_totals SET dr_minor = dr_minor + 5, cr_minor = cr_minor + 5 {0} AND account_code = '1200'",
        [("1200", "USD", "SETTLED")],
    ),
    "a date's debits": (
        "UPDATE account_days SET dr_minor = dr_minor + 1 {0} AND account_code = '1200' AND effective_at = '2026-03-16'",
        [("1200", "USD", "SETTLED")],
    ),
    "a date's credits": (
        "UPDATE account_days SET cr_minor = cr_minor + 1 {0} AND account_code = '4100'",
        [("4100", "USD", "SETTLED")],
    ),
    "the date of a day": (
        "UPDATE account_days SET effective_at = '2026-01-01' {0} AND account_code = '4100'",
        [("4100", "USD", "SETTLED")],
    ),
    "a total deleted": ("DELETE FROM account_totals {0} AND account_code = '4100'", [("4100", "USD", "SETTLED")]),
    "a day deleted": ("DELETE FROM account_days {0} AND account_code = '4100'", [("4100", "USD", "SETTLED")]),
    "a line's amount": (f"UPDATE journal_lines SET amount_minor = amount_minor + 1 {{0}} {INCOME}", [("4000", "USD", "SETTLED")]),
    "a line's direction": (f"UPDATE journal_lines SET direction = 'DR' {{0}} {INCOME}", [("4000", "USD", "SETTLED")]),
    "a line's date": (f"UPDATE journal_lines SET effective_at = '2026-01-01' {{0}} {INCOME}", [("4000", "USD", "SETTLED")]),
    "a line's account": (
        f"UPDATE journal_lines SET account_code = '4100' {{0}} {INCOME}",
        [("4000", "USD", "SETTLED"), ("4100", "USD", "SETTLED")],
    ),
    "a line's currency": (
        f"UPDATE journal_lines SET currency = 'EUR' {{0}} {INCOME}",
        [("4000", "EUR", "SETTLED"), ("4000", "USD", "SETTLED")],
    ),
    "a line's layer": (
        f"UPDATE journal_lines SET layer = 'PENDING' {{0}} {INCOME}",
        [("4000", "USD", "PENDING"), ("4000", "USD", "SETTLED")],
    ),
    "a line deleted": (f"DELETE FROM journal_lines {{0}} {INCOME}", [("4000", "USD", "SETTLED")]),
}


async def mismatches(store: Store, tenant_id: str) -> set[Mismatch]:
    return await store.read([tenant_id], partial(mismatched_accounts, tenant_id=tenant_id))


async def test_untouched_books_have_no_mismatch(store: Store, tenant: Tenant, loan_id: str) -> None:
    assert await mismatches(store, tenant.tenant_id) == set()
    assert await mismatches(store, new_id()) == set()


@pytest.mark.parametrize(("statement", "accounts"), TAMPERINGS.values(), ids=TAMPERINGS)
async def test_what_was_changed_is_named(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None], statement: str, accounts: list[Mismatch]
) -> None:
    tamper(statement.format(f"WHERE tenant_id = '{tenant.tenant_id}'"))
    assert await mismatches(store, tenant.tenant_id) == {("account", *account) for account in accounts}


async def test_a_change_of_another_tenant_s_books_is_not_ours(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    other = Tenant(tenant.writer)
    await eventful_loan(other)
    await other.post(disbursement(new_id(), 5, currency="EUR"))
    tamper(f"UPDATE account_totals SET dr_minor = dr_minor + 1 WHERE tenant_id = '{other.tenant_id}' AND currency = 'EUR'")
    assert await mismatches(store, tenant.tenant_id) == set()
    assert await mismatches(store, other.tenant_id) == {
        ("account", "1100", "EUR", "SETTLED"),
        ("account", "2000", "EUR", "SETTLED"),
    }
