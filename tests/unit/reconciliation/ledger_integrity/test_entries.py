"""The accounts of an entry that is not balanced or not complete are named, and no other."""

from collections.abc import Callable
from functools import partial

import pytest

from app.reconciliation.ledger_integrity.entries import accounts_of_broken_entries
from app.reconciliation.ledger_integrity.mismatch import Mismatch
from app.store.store import Store
from tests.support.events import Tenant, accrual, day, disbursement, fee, new_id

FEE_ENTRY = "journal_entry_id = (SELECT journal_entry_id FROM journal_entries {0} AND event_type = 'fee_assessed')"
OF_FEE = [("account", "1300", "USD", "SETTLED"), ("account", "4100", "USD", "SETTLED"), ("loan", "{loan}", "FEES")]
OF_ACCRUAL = [("account", "1200", "USD", "SETTLED"), ("account", "4000", "USD", "SETTLED"), ("loan", "{loan}", "INTEREST")]
INCOME = "{0} AND account_code = '4000'"
TAMPERINGS: dict[str, tuple[str, list[Mismatch]]] = {
    "a line's amount": (f"UPDATE journal_lines SET amount_minor = amount_minor + 1 {INCOME}", OF_ACCRUAL),
    "a line's direction": (f"UPDATE journal_lines SET direction = 'DR' {INCOME}", OF_ACCRUAL),
    "a line's date": (f"UPDATE journal_lines SET effective_at = '2026-01-01' {INCOME}", OF_ACCRUAL),
    "a line's currency": (
        f"UPDATE journal_lines SET currency = 'EUR' {INCOME}",
        [OF_ACCRUAL[0], ("account", "4000", "EUR", "SETTLED"), OF_ACCRUAL[2]],
    ),
    "a line's layer": (
        f"UPDATE journal_lines SET layer = 'PENDING' {INCOME}",
        [OF_ACCRUAL[0], ("account", "4000", "USD", "PENDING"), OF_ACCRUAL[2]],
    ),
    "a line's sequence": (f"UPDATE journal_lines SET sequence = 3 {{0}} AND {FEE_ENTRY} AND sequence = 2", OF_FEE),
    "a line deleted": (f"DELETE FROM journal_lines {INCOME}", [OF_ACCRUAL[0], OF_ACCRUAL[2]]),
    "an entry deleted from under its lines": ("DELETE FROM journal_entries {0} AND event_type = 'fee_assessed'", OF_FEE),
    "an entry's line count": (
        "UPDATE journal_entries SET line_count = line_count + 1 {0} AND event_type = 'fee_assessed'",
        OF_FEE,
    ),
    "an entry's date": (
        "UPDATE journal_entries SET effective_at = '2026-01-01' {0} AND event_type = 'fee_assessed'",
        OF_FEE,
    ),
}


async def mismatches(store: Store, tenant_id: str) -> set[Mismatch]:
    return await store.read([tenant_id], partial(accounts_of_broken_entries, tenant_id=tenant_id))


async def test_untouched_books_have_no_broken_entry(store: Store, tenant: Tenant, loan_id: str) -> None:
    assert await mismatches(store, tenant.tenant_id) == set()
    assert await mismatches(store, new_id()) == set()


async def test_an_entry_that_was_posted_without_lines_is_complete(store: Store, tenant: Tenant) -> None:
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 1_000, day(-1)))
    await tenant.post(accrual(loan_id, 1_000, 0))
    assert await mismatches(store, tenant.tenant_id) == set()


@pytest.mark.parametrize(("statement", "expected"), TAMPERINGS.values(), ids=TAMPERINGS)
async def test_the_accounts_of_a_changed_entry_are_named(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None], statement: str, expected: list[Mismatch]
) -> None:
    tamper(statement.format(f"WHERE tenant_id = '{tenant.tenant_id}'"))
    assert await mismatches(store, tenant.tenant_id) == {
        tuple(part.format(loan=loan_id) for part in mismatch) for mismatch in expected
    }


async def test_an_entry_whose_lines_are_gone_is_named_itself(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    entry_id = (await tenant.post(fee(loan_id, 5)))["journal_entry_id"]
    tamper(f"DELETE FROM journal_lines WHERE tenant_id = '{tenant.tenant_id}' AND journal_entry_id = '{entry_id}'")
    assert await mismatches(store, tenant.tenant_id) == {("entry", entry_id)}


async def test_a_change_of_another_tenant_s_books_is_not_ours(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    other, other_loan_id = Tenant(tenant.writer), new_id()
    await other.post(disbursement(other_loan_id))
    tamper(f"UPDATE journal_lines SET amount_minor = 1 WHERE tenant_id = '{other.tenant_id}' AND direction = 'DR'")
    assert await mismatches(store, tenant.tenant_id) == set()
    assert await mismatches(store, other.tenant_id) == {
        ("account", "1100", "USD", "SETTLED"),
        ("account", "2000", "USD", "SETTLED"),
        ("loan", other_loan_id, "PRINCIPAL"),
    }
