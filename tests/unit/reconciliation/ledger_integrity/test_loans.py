"""A loan whose balance, days or lines differ is named with the bucket that differs, and no other."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from app.ledger.chart import FEES_RECEIVABLE, INTEREST_RECEIVABLE, PRINCIPAL_RECEIVABLE, UNAPPLIED_PAYMENTS
from app.reconciliation.ledger_integrity.loans import mismatched_loans
from app.reconciliation.ledger_integrity.mismatch import Mismatch
from app.store.store import Store
from tests.support.events import TODAY, Tenant, day, disbursement, eventful_loan, new_id

OTHER_LOAN = "c0000000-0000-4000-8000-00000000000c"
TAMPERINGS: dict[str, tuple[str, list[str]]] = {
    "its principal": ("UPDATE loans SET principal_minor = principal_minor + 1 {0}", ["PRINCIPAL"]),
    "its interest": ("UPDATE loans SET interest_minor = interest_minor + 1 {0}", ["INTEREST"]),
    "its fees": ("UPDATE loans SET fees_minor = fees_minor + 1 {0}", ["FEES"]),
    "its suspense": ("UPDATE loans SET suspense_minor = suspense_minor + 1 {0}", ["SUSPENSE"]),
    "two of its balances": (
        "UPDATE loans SET fees_minor = fees_minor + 1, suspense_minor = suspense_minor + 1 {0}",
        ["FEES", "SUSPENSE"],
    ),
    "a day": (
        "UPDATE loan_days SET principal_minor = principal_minor - 1 {0} AND effective_at = '2026-03-21'",
        ["PRINCIPAL"],
    ),
    "tomorrow": ("UPDATE loan_days SET suspense_minor = suspense_minor - 1 {0} AND effective_at = '2026-04-01'", ["SUSPENSE"]),
    "a day deleted": ("DELETE FROM loan_days {0} AND effective_at = '2026-03-11'", ["FEES"]),
    **{
        f"the amount of a line of {bucket}": (
            f"UPDATE journal_lines SET amount_minor = 1 {{0}} AND account_code = '{code}' AND direction = '{side}'",
            [bucket],
        )
        for bucket, code, side in (
            ("PRINCIPAL", PRINCIPAL_RECEIVABLE, "DR"),
            ("INTEREST", INTEREST_RECEIVABLE, "DR"),
            ("FEES", FEES_RECEIVABLE, "DR"),
            ("SUSPENSE", UNAPPLIED_PAYMENTS, "CR"),
        )
    },
    "a line's direction": (
        "UPDATE journal_lines SET direction = 'CR' {0} AND account_code = '1200' AND direction = 'DR'",
        ["INTEREST"],
    ),
    "a line taken off the loan": (
        "UPDATE journal_lines SET loan_id = NULL {0} AND account_code = '1200' AND direction = 'DR'",
        ["INTEREST"],
    ),
    "a line moved to an account that is no bucket": (
        "UPDATE journal_lines SET account_code = '4000' {0} AND account_code = '1200' AND direction = 'DR'",
        ["INTEREST", "OTHER"],
    ),
    "a line of income put on the loan": ("UPDATE journal_lines SET loan_id = '{loan}' {0} AND account_code = '4000'", ["OTHER"]),
    "the loan deleted": ("DELETE FROM loans {0}", ["OTHER"]),
}


async def mismatches(store: Store, tenant_id: str, as_of: date = TODAY) -> set[Mismatch]:
    return await store.read([tenant_id], partial(mismatched_loans, tenant_id=tenant_id, as_of=as_of))


async def test_untouched_loans_have_no_mismatch_as_of_any_date(store: Store, tenant: Tenant, loan_id: str) -> None:
    for offset in (-31, -30, -16, -12, -3, 0, 1, 2):
        assert await mismatches(store, tenant.tenant_id, day(offset)) == set()
    assert await mismatches(store, new_id()) == set()


@pytest.mark.parametrize(("statement", "buckets"), TAMPERINGS.values(), ids=TAMPERINGS)
async def test_the_bucket_that_was_changed_is_named(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None], statement: str, buckets: list[str]
) -> None:
    await tenant.post(disbursement(new_id(), 77, day(-8)))
    tamper(statement.format(f"WHERE tenant_id = '{tenant.tenant_id}' AND {_of(statement, loan_id)}", loan=loan_id))
    assert await mismatches(store, tenant.tenant_id) == {("loan", loan_id, bucket) for bucket in buckets}


def _of(statement: str, loan_id: str) -> str:
    """The loan's own rows; a line of income is on no loan before it is put on one."""
    return "loan_id IS NULL" if "'{loan}'" in statement else f"loan_id = '{loan_id}'"


async def test_a_line_put_on_another_loan_is_missed_here_and_found_there(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    tamper(
        f"UPDATE journal_lines SET loan_id = '{OTHER_LOAN}' WHERE tenant_id = '{tenant.tenant_id}' "
        "AND account_code = '1200' AND direction = 'DR'"
    )
    assert await mismatches(store, tenant.tenant_id) == {("loan", loan_id, "INTEREST"), ("loan", OTHER_LOAN, "OTHER")}


async def test_a_line_on_another_date_differs_as_of_the_dates_between(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    """Interest of 16 March, dated the 5th: as of a date before both, after both and over all dates, the sums are equal."""
    tamper(
        f"UPDATE journal_lines SET effective_at = '2026-03-05' WHERE tenant_id = '{tenant.tenant_id}' "
        "AND account_code = '1200' AND direction = 'DR'"
    )
    for as_of, buckets in (("03-04", []), ("03-05", ["INTEREST"]), ("03-15", ["INTEREST"]), ("03-16", []), ("04-02", [])):
        found = await mismatches(store, tenant.tenant_id, date.fromisoformat(f"2026-{as_of}"))
        assert found == {("loan", loan_id, bucket) for bucket in buckets}, as_of


async def test_a_change_of_another_tenant_s_loan_is_not_ours(
    store: Store, tenant: Tenant, loan_id: str, tamper: Callable[[str], None]
) -> None:
    other = Tenant(tenant.writer)
    other_loan_id = await eventful_loan(other)
    tamper(f"UPDATE loans SET fees_minor = fees_minor + 1 WHERE tenant_id = '{other.tenant_id}'")
    assert await mismatches(store, tenant.tenant_id) == set()
    assert await mismatches(store, other.tenant_id) == {("loan", other_loan_id, "FEES")}
