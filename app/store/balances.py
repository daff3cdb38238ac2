"""Balances as of a date, for many loans or accounts in one statement each.

A balance is what stands over all dates less what the dates after the one asked for changed; today's balance reads few rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, case, func, select, type_coerce, union_all

from app.store.balance import AccountBalance, LoanBalance
from app.store.exact import halves, wholes
from app.store.tables import UtcTimestamp, account_days, account_totals, loan_days, loans
from app.store.wanted import Wanted, parameters

LoanKey = tuple[str, str, date]
"""Tenant, loan, and the date as of which."""
AccountKey = tuple[str, str, str, str, date]
"""Tenant, account code, currency, layer, and the date as of which."""
_BUCKETS: Final = ("principal_minor", "interest_minor", "fees_minor", "suspense_minor")


def loan_balances(connection: Connection, keys: Sequence[LoanKey]) -> Mapping[LoanKey, LoanBalance | None]:
    """None for a loan that the tenant does not have; zeros before the loan opened."""
    found: dict[LoanKey, LoanBalance | None] = dict.fromkeys(keys)
    statement = _loan_statement(connection.dialect.name)
    numbered = parameters((number, *key) for number, key in enumerate(keys))
    for row in connection.execute(statement, numbered):
        number, currency, last_activity_at, *amounts = row
        present, later = amounts[: len(_BUCKETS)], wholes(amounts[len(_BUCKETS) :])
        principal, interest, fees, suspense = (amount - change for amount, change in zip(present, later, strict=True))
        found[keys[number]] = LoanBalance(currency, principal, interest, fees, suspense, last_activity_at)
    return found


def account_balances(connection: Connection, keys: Sequence[AccountKey]) -> Mapping[AccountKey, AccountBalance]:
    """Zeros for an account on which nothing was posted."""
    found = dict.fromkeys(keys, AccountBalance(0, 0))
    statement = _account_statement(connection.dialect.name)
    numbered = parameters((number, *key) for number, key in enumerate(keys))
    for row in connection.execute(statement, numbered):
        number, *sums = row
        found[keys[number]] = AccountBalance(*wholes(sums))
    return found


@lru_cache
def _loan_statement(dialect: str) -> Select[*tuple[Any, ...]]:
    wanted = Wanted(dialect)
    number, as_of = wanted.column(0, "number"), wanted.column(3, "date")
    loan = and_(loans.c.tenant_id == wanted.column(1, "id"), loans.c.loan_id == wanted.column(2, "id"))
    days = and_(
        loan_days.c.tenant_id == loans.c.tenant_id,
        loan_days.c.loan_id == loans.c.loan_id,
        as_of < loans.c.last_effective_on,
    )
    is_later = loan_days.c.effective_at > as_of
    last_by_then = func.max(case((~is_later, loan_days.c.last_posted_at)))
    last_activity_at = case((as_of >= loans.c.last_effective_on, loans.c.last_posted_at), else_=last_by_then)
    later = [half for name in _BUCKETS for half in halves(case((is_later, loan_days.c[name])))]
    return (
        select(
            number,
            loans.c.currency,
            type_coerce(last_activity_at, UtcTimestamp()),
            *(loans.c[name] for name in _BUCKETS),
            *later,
        )
        .select_from(wanted.table.join(loans, loan).outerjoin(loan_days, days))
        .group_by(number, as_of, loans.c.tenant_id, loans.c.loan_id)
    )


@lru_cache
def _account_statement(dialect: str) -> Select[*tuple[Any, ...]]:
    wanted = Wanted(dialect)
    number, as_of = wanted.column(0, "number").label("number"), wanted.column(5, "date")
    key = {
        "tenant_id": wanted.column(1, "id"),
        "account_code": wanted.column(2, "text"),
        "currency": wanted.column(3, "text"),
        "layer": wanted.column(4, "text"),
    }
    of_total = and_(*(account_totals.c[name] == value for name, value in key.items()))
    of_day = and_(*(account_days.c[name] == value for name, value in key.items()), account_days.c.effective_at > as_of)
    changes = union_all(
        select(number, account_totals.c.dr_minor, account_totals.c.cr_minor).select_from(
            wanted.table.join(account_totals, of_total)
        ),
        select(number, -account_days.c.dr_minor, -account_days.c.cr_minor).select_from(wanted.table.join(account_days, of_day)),
    ).subquery("changes")
    by_number, debits, credits = changes.c
    return select(by_number, *halves(debits), *halves(credits)).group_by(by_number)
