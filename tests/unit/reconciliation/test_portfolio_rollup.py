"""Principal in the general ledger and on the loans, by currency and as of a date: both sides are given as they are recorded."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from sqlalchemy import Connection, insert

from app.ledger.chart import SETTLED
from app.limits import AMOUNT_MINOR_MAX
from app.reconciliation.portfolio_rollup import PrincipalTotals, principal_by_currency
from app.store.store import Store
from app.store.tables import account_totals, loans
from tests.support.events import BORROWER, TODAY, Tenant, day, disbursement, eventful_loan, new_id, noon, payment


async def principal(store: Store, tenant_id: str, as_of: date = TODAY) -> dict[str, PrincipalTotals]:
    return await store.read([tenant_id], partial(principal_by_currency, tenant_id=tenant_id, as_of=as_of))


async def test_both_sides_are_as_of_the_date(store: Store, tenant: Tenant) -> None:
    await eventful_loan(tenant)
    expected = ((-31, 0), (-30, 100_000), (-12, 99_700), (-10, 98_900), (-3, 99_200), (0, 99_200), (1, 0))
    for offset, amount_minor in expected:
        found = await principal(store, tenant.tenant_id, day(offset))
        assert found == {"USD": PrincipalTotals(amount_minor, amount_minor)}, offset


async def test_each_currency_is_of_its_own(store: Store, tenant: Tenant) -> None:
    for currency, amount_minor in (("USD", 1_000), ("EUR", 70)):
        loan_id = new_id()
        await tenant.post(disbursement(loan_id, amount_minor, day(-2), currency=currency))
        await tenant.post(payment(loan_id, 9, currency=currency))
    await Tenant(tenant.writer).post(disbursement(new_id(), 5, currency="GBP"))
    assert await principal(store, tenant.tenant_id) == {"USD": PrincipalTotals(991, 991), "EUR": PrincipalTotals(61, 61)}


async def test_a_tenant_without_postings_has_no_currency(store: Store) -> None:
    assert await principal(store, new_id()) == {}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE loans SET principal_minor = principal_minor + 5 {0}", PrincipalTotals(99_200, 99_205)),
        ("UPDATE loan_days SET principal_minor = 0 {0} AND effective_at > '2026-03-31'", PrincipalTotals(99_200, 0)),
        ("UPDATE account_totals SET dr_minor = dr_minor + 5 {0} AND account_code = '1100'", PrincipalTotals(99_205, 99_200)),
        (
            "UPDATE account_days SET cr_minor = cr_minor - 5 {0} AND account_code = '1100' AND effective_at > '2026-03-31'",
            PrincipalTotals(99_195, 99_200),
        ),
        ("UPDATE account_totals SET dr_minor = dr_minor + 5 {0} AND account_code = '1200'", PrincipalTotals(99_200, 99_200)),
        ("UPDATE loans SET interest_minor = interest_minor + 5 {0}", PrincipalTotals(99_200, 99_200)),
    ],
)
async def test_the_side_that_was_changed_differs(
    store: Store, tenant: Tenant, tamper: Callable[[str], None], statement: str, expected: PrincipalTotals
) -> None:
    await eventful_loan(tenant)
    tamper(statement.format(f"WHERE tenant_id = '{tenant.tenant_id}'"))
    assert await principal(store, tenant.tenant_id) == {"USD": expected}


async def test_other_layers_are_not_principal(store: Store, tenant: Tenant, tamper: Callable[[str], None]) -> None:
    await tenant.post(disbursement(new_id(), 1_000))
    tamper(
        "INSERT INTO account_totals (tenant_id, account_code, currency, layer, stripe, dr_minor, cr_minor) "
        f"VALUES ('{tenant.tenant_id}', '1100', 'USD', 'PENDING', 0, 77, 0)"
    )
    assert await principal(store, tenant.tenant_id) == {"USD": PrincipalTotals(1_000, 1_000)}


async def test_sums_beyond_64_bits_are_exact(store: Store) -> None:
    tenant_id, largest = new_id(), AMOUNT_MINOR_MAX
    account = {"tenant_id": tenant_id, "account_code": "1100", "currency": "USD", "layer": SETTLED, "cr_minor": 0}
    loan = {"tenant_id": tenant_id, "borrower_id": BORROWER, "currency": "USD", "opened_on": TODAY, "last_effective_on": TODAY}
    balances = {"principal_minor": largest, "interest_minor": 0, "fees_minor": 0, "suspense_minor": 0}

    def write(connection: Connection) -> None:
        connection.execute(insert(account_totals), [{**account, "stripe": number, "dr_minor": largest} for number in range(3)])
        rows = [{**loan, **balances, "loan_id": new_id(), "last_posted_at": noon()} for _ in range(3)]
        connection.execute(insert(loans), rows)

    await store.write([tenant_id], write)
    assert await principal(store, tenant_id) == {"USD": PrincipalTotals(3 * largest, 3 * largest)}
