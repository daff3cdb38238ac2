"""Whatever is recorded of a loan and its days is recomputed from the journal, and a difference shows both values."""

import pytest

from app.reconciliation.verification.loans import different_loan_days, different_loans
from app.store.store import Store
from tests.support.events import BORROWER, Tenant, accrual, day, disbursement, new_id
from tests.unit.reconciliation.verification.conftest import Find

OF_LOAN = "WHERE tenant_id = '{tenant}' AND loan_id = '{loan}'"
OTHER = "c0000000-0000-4000-8000-00000000000c"
MOVE = (
    "UPDATE loan_days SET principal_minor = principal_minor + CASE effective_at WHEN '2026-03-01' THEN 1 ELSE -1 END "
    f"{OF_LOAN} AND effective_at IN ('2026-03-01', '2026-03-21')"
)
PHANTOM = (
    f"INSERT INTO loans SELECT tenant_id, '{OTHER}', borrower_id, currency, opened_on, last_effective_on, last_posted_at, "
    f"0, 0, 0, 0 FROM loans {OF_LOAN}"
)
TAMPERINGS = {
    "a loan's currency": (f"UPDATE loans SET currency = 'EUR' {OF_LOAN}", "stored currency=EUR", "recomputed currency=USD"),
    "its borrower": (f"UPDATE loans SET borrower_id = '{OTHER}' {OF_LOAN}", f"borrower_id={OTHER}", "recomputed borrower_id="),
    "its opening": (f"UPDATE loans SET opened_on = '2026-02-01' {OF_LOAN}", "opened_on=2026-02-01", "opened_on=2026-03-01"),
    "its last date": (
        f"UPDATE loans SET last_effective_on = '2026-03-01' {OF_LOAN}",
        "2026-03-01",
        "last_effective_on=2026-04-01",
    ),
    "its last posting": (f"UPDATE loans SET last_posted_at = '2026-01-01 00:00:00' {OF_LOAN}", "2026-01-01", "2026-03-31"),
    "its principal": (f"UPDATE loans SET principal_minor = 7 {OF_LOAN}", "principal_minor=7", "principal_minor=0"),
    "a phantom loan": (
        PHANTOM,
        f"loan {OTHER}: stored borrower_id=",
        "recomputed nothing",
    ),
    "a deleted loan": (f"DELETE FROM loans {OF_LOAN}", "stored nothing", "recomputed borrower_id="),
    "the borrower on lines": (
        f"UPDATE journal_lines SET borrower_id = '{OTHER}' {OF_LOAN} AND account_code = '1300'",
        f"stored borrower_id={BORROWER},",
        f"recomputed borrower_id={BORROWER} and {OTHER}",
    ),
    "no borrower on lines": (f"UPDATE journal_lines SET borrower_id = NULL {OF_LOAN} AND account_code = '1300'", "b0000000", "="),
    "an amount moved between days": (MOVE, "stored principal_minor=100001", "recomputed principal_minor=100000"),
    "a day's last posting": (
        f"UPDATE loan_days SET last_posted_at = '2026-01-01 00:00:00' {OF_LOAN} AND effective_at = '2026-03-01'",
        "2026-01-01",
        "2026-03-31",
    ),
    "a dropped accrual mark": (
        f"UPDATE loan_days SET accrual_entry_id = NULL {OF_LOAN}",
        "stored accrual_entry_id=None",
        "recomputed accrual_entry_id=0",
    ),
    "a redirected accrual mark": (
        f"UPDATE loan_days SET accrual_entry_id = '{OTHER}' {OF_LOAN} AND accrual_entry_id IS NOT NULL",
        f"stored accrual_entry_id={OTHER}",
        "recomputed accrual_entry_id=0",
    ),
    "an accrual mark of another day": (
        f"UPDATE loan_days SET accrual_entry_id = '{OTHER}' {OF_LOAN} AND effective_at = '2026-03-01'",
        f"stored accrual_entry_id={OTHER}",
        "recomputed accrual_entry_id=None",
    ),
    "a phantom day": (
        f"INSERT INTO loan_days SELECT tenant_id, loan_id, '2026-03-02', last_posted_at, 0, 0, 0, 0, NULL FROM loans {OF_LOAN}",
        "2026-03-02: stored",
        "recomputed nothing",
    ),
    "a deleted day": (f"DELETE FROM loan_days {OF_LOAN} AND effective_at = '2026-03-01'", "2026-03-01: stored nothing", "100000"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
async def test_a_difference_shows_what_is_stored_and_what_the_journal_tells(find: Find, name: str) -> None:
    assert await find(different_loans, different_loan_days) == ""
    statement, stored, recomputed = TAMPERINGS[name]
    found = await find(different_loans, different_loan_days, after=statement)
    assert stored in found
    assert recomputed in found


async def test_accruals_of_zero_interest_are_no_difference(store: Store, tenant: Tenant, find: Find) -> None:
    """Alone on their date, after other postings, and on a date whose first accrual was reversed."""
    loan_id = new_id()
    await tenant.post(disbursement(loan_id, 500, day(-9)))
    for offset in (-9, -8, 0):
        await tenant.post(accrual(loan_id, 500, 0, day(offset)))
    assert await find(different_loans, different_loan_days) == ""
