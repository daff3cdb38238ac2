"""Totals and days of accounts are recomputed from the lines."""

import pytest

from app.reconciliation.verification.accounts import different_accounts
from tests.unit.reconciliation.verification.conftest import Find

OF_TENANT = "WHERE tenant_id = '{tenant}'"
OF_1200, OF_4000, OF_4100 = (f"{OF_TENANT} AND account_code = '{code}'" for code in ("1200", "4000", "4100"))
TAMPERINGS = {
    "a total": (f"UPDATE account_totals SET dr_minor = 5 {OF_1200}", "stored dr_minor=5, recomputed dr_minor=700"),
    "a deleted total": (f"DELETE FROM account_totals {OF_4000}", "account 4000 USD SETTLED: stored nothing"),
    "a day": (f"UPDATE account_days SET cr_minor = 6 {OF_4100}", "account day 4100 USD SETTLED 2026-03-11"),
    "a line": (f"DELETE FROM journal_lines {OF_4000}", "recomputed nothing"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_a_difference_shows_both_values(find: Find, name: str) -> None:
    assert await find(different_accounts) == ""
    statement, expected = TAMPERINGS[name]
    assert expected in await find(different_accounts, after=statement)
