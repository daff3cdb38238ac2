"""Balances of loans as of a date, for many loans in one statement.

A balance is the current one, which holds over all dates, less what the dates after the one asked for changed.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, case, func, select, type_coerce

from app.ledger.balance import LoanBalance
from app.store.columns import amount_names
from app.store.queries.key_table import KeyTable, key_parameters
from app.store.queries.wide_sums import wide_sum_columns, wide_sums
from app.store.tables import UtcTimestamp, loan_days, loans

LoanAsOf = tuple[str, str, date]
"""Tenant, loan, and the date as of which."""
_BUCKETS: Final = amount_names(loans)
CURRENT_LOAN_COLUMNS: Final = ("last_effective_on", "currency", *_BUCKETS, "last_posted_at")
"""The columns of `loans` that make a CurrentLoan, in the order of its members and its balance's."""


def loan_balances(connection: Connection, keys: Sequence[LoanAsOf]) -> Mapping[LoanAsOf, LoanBalance | None]:
    """None for a loan that the tenant does not have; zeros before the loan opened."""
    found: dict[LoanAsOf, LoanBalance | None] = dict.fromkeys(keys)
    statement = _statement(connection.dialect.name)
    numbered = key_parameters((number, *key) for number, key in enumerate(keys))
    for row in connection.execute(statement, numbered):
        number, currency, last_activity_at, *amounts = row
        current, later = amounts[: len(_BUCKETS)], wide_sums(amounts[len(_BUCKETS) :])
        principal, interest, fees, suspense = (amount - change for amount, change in zip(current, later, strict=True))
        found[keys[number]] = LoanBalance(currency, principal, interest, fees, suspense, last_activity_at)
    return found


@lru_cache
def _statement(dialect: str) -> Select[*tuple[Any, ...]]:
    keys = KeyTable(dialect)
    number, as_of = keys.column(0, "number"), keys.column(3, "date")
    loan = and_(loans.c.tenant_id == keys.column(1, "id"), loans.c.loan_id == keys.column(2, "id"))
    days = and_(
        loan_days.c.tenant_id == loans.c.tenant_id,
        loan_days.c.loan_id == loans.c.loan_id,
        as_of < loans.c.last_effective_on,
    )
    is_later = loan_days.c.effective_at > as_of
    last_by_then = func.max(case((~is_later, loan_days.c.last_posted_at)))
    last_activity_at = case((as_of >= loans.c.last_effective_on, loans.c.last_posted_at), else_=last_by_then)
    later = [column for name in _BUCKETS for column in wide_sum_columns(case((is_later, loan_days.c[name])))]
    return (
        select(
            number,
            loans.c.currency,
            type_coerce(last_activity_at, UtcTimestamp()),
            *(loans.c[name] for name in _BUCKETS),
            *later,
        )
        .select_from(keys.table.join(loans, loan).outerjoin(loan_days, days))
        .group_by(number, as_of, loans.c.tenant_id, loans.c.loan_id)
    )
