"""Reconciliation finds every way of tampering with the books behind the application's back, on both engines."""

from collections.abc import Callable

import pytest

from app.limits import AMOUNT_MINOR_MAX
from app.reconciliation.service import Reconciliation
from tests.support.events import Tenant, day, disbursement, new_id

OF_TENANT = "WHERE tenant_id = '{tenant}'"
FEE = f"{OF_TENANT} AND event_type = 'fee_assessed'"


def line(code: str, change: str) -> str:
    return f"UPDATE journal_lines SET {change} {OF_TENANT} AND account_code = '{code}' AND direction = 'CR'"


def row(table: str, change: str, condition: str = "") -> str:
    return f"UPDATE {table} SET {change} {OF_TENANT} {condition}"


TAMPERINGS = {
    "a line's amount": (line("1200", "amount_minor = amount_minor + 1"), 2),
    "a line's amount, beyond all sums": (line("1100", f"amount_minor = {AMOUNT_MINOR_MAX}"), 1),
    "a line's direction": (line("4000", "direction = 'DR'"), 1),
    "a line's account": (line("4000", "account_code = '4100'"), 2),
    "a line's currency": (line("4000", "currency = 'EUR'"), 2),
    "a line's layer": (line("4000", "layer = 'PENDING'"), 2),
    "a line's loan": (line("1200", "loan_id = '{other}'"), 1),
    "a line taken off its loan": (line("1200", "loan_id = NULL"), 1),
    "a loan put on another line": (line("4000", "loan_id = '{loan}'"), 1),
    "a line's date": (line("4000", "effective_at = '2026-01-01'"), 1),
    "a date of a loan's line": (line("1200", "effective_at = '2026-03-05'"), 1),
    "a deleted line": (f"DELETE FROM journal_lines {OF_TENANT} AND account_code = '4000'", 1),
    "all lines of an entry deleted": (
        f"DELETE FROM journal_lines {OF_TENANT} AND journal_entry_id = (SELECT journal_entry_id FROM journal_entries {FEE})",
        3,
    ),
    "an entry deleted from under its lines": (f"DELETE FROM journal_entries {FEE}", 3),
    "an entry's line count": (f"UPDATE journal_entries SET line_count = line_count + 1 {FEE}", 3),
    "a loan's principal": (row("loans", "principal_minor = principal_minor + 1"), 1),
    "a loan's principal, beyond all sums": (row("loans", f"principal_minor = {AMOUNT_MINOR_MAX}"), 1),
    "two balances of a loan": (row("loans", "fees_minor = fees_minor + 1, suspense_minor = suspense_minor + 1"), 2),
    "a deleted loan": (f"DELETE FROM loans {OF_TENANT}", 1),
    "a loan's day": (row("loan_days", "principal_minor = principal_minor - 1", "AND effective_at = '2026-03-21'"), 1),
    "a loan's tomorrow": (row("loan_days", "principal_minor = principal_minor - 1", "AND effective_at = '2026-04-01'"), 1),
    "an account's total": (row("account_totals", "dr_minor = dr_minor + 1", "AND account_code = '1050'"), 1),
    "an account's date": (row("account_days", "cr_minor = cr_minor + 1", "AND account_code = '4100'"), 1),
    "a deleted total": (f"DELETE FROM account_totals {OF_TENANT} AND account_code = '4100'", 1),
}
"""What is done behind the application's back, and the accounts that it puts wrong at least."""


@pytest.mark.parametrize("tampering", TAMPERINGS)
async def test_tampering_is_found(
    tampering: str, tenant: Tenant, loan_id: str, reconciliation: Reconciliation, tamper: Callable[[str], None]
) -> None:
    statement, at_least = TAMPERINGS[tampering]
    for offset in (-1, 0, 1):
        before = await reconciliation.status(tenant.tenant_id, day(offset))
        assert before["ledger_integrity"]["status"] == "ok"
    tamper(statement.format(tenant=tenant.tenant_id, loan=loan_id, other=new_id()))
    for offset in (-1, 0, 1):
        integrity = (await reconciliation.status(tenant.tenant_id, day(offset)))["ledger_integrity"]
        assert integrity["status"] == "drift_detected"
        assert integrity["mismatched_account_count"] >= at_least


async def test_another_tenant_is_not_touched(
    tenant: Tenant, loan_id: str, reconciliation: Reconciliation, tamper: Callable[[str], None]
) -> None:
    other = Tenant(tenant.writer)
    await other.post(disbursement(loan_id, 77))
    tamper(f"UPDATE loans SET principal_minor = 1 WHERE tenant_id = '{tenant.tenant_id}'")
    assert (await reconciliation.status(other.tenant_id))["ledger_integrity"]["status"] == "ok"
    assert (await reconciliation.status(tenant.tenant_id))["ledger_integrity"]["status"] == "drift_detected"
