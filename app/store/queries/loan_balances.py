"""Balances of loans as of a date, for many loans in one statement.

A balance is the current one, which holds over all dates, less what the dates after the one asked for changed.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal_column,
    select,
    type_coerce,
)

from app.ledger.balance import LoanBalance
from app.store.columns import amount_names
from app.store.queries.key_table import key_parameters, key_table
from app.store.queries.wide_sums import wide_sum_columns, wide_sums
from app.store.tables import UtcTimestamp, journal_entries, journal_lines, loan_days, loans

LoanAsOf = tuple[str, str, date]
"""Tenant, loan, and the date as of which."""
_ONE: Final[ColumnElement[int]] = literal_column("1")
"""A limit that the planner knows: it walks an index for one row where it would sort for an unknown number."""
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
    """Each table is joined with the keys alone, so that the date is a condition of the index whatever is known of the tables."""
    keys = key_table(dialect, number="number", tenant_id="id", loan_id="id", as_of="date")
    number, as_of = keys.c.number, keys.c.as_of
    is_later = and_(*_of_key(loan_days, keys), loan_days.c.effective_at > as_of)
    later = [column for name in _BUCKETS for column in wide_sum_columns(loan_days.c[name])]
    last_activity_at = case((as_of >= loans.c.last_effective_on, loans.c.last_posted_at), else_=_last_posted_by(keys, dialect))
    return (
        select(
            number,
            loans.c.currency,
            type_coerce(last_activity_at, UtcTimestamp()),
            *(loans.c[name] for name in _BUCKETS),
            *later,
        )
        .select_from(keys.join(loans, and_(*_of_key(loans, keys))).outerjoin(loan_days, is_later))
        .group_by(*keys.c, loans.c.tenant_id, loans.c.loan_id)
    )


def _last_posted_by(keys: Subquery, dialect: str) -> ColumnElement[Any]:
    """When the newest posting effective by the date was made, without reading all days of the loan up to it.

    It is on the last of those days, or it is back-dated: then it is the newest entry among the loan's lines up to the date.
    """
    days, line, entry = loan_days.alias("day"), journal_lines.c, journal_entries.c
    of_day = select(days.c.last_posted_at).where(*_of_key(days, keys), days.c.effective_at <= keys.c.as_of)
    newest = select(line.journal_entry_id).where(*_of_key(journal_lines, keys), line.effective_at <= keys.c.as_of)
    newest_id = newest.order_by(line.journal_entry_id.desc()).limit(_ONE).correlate(keys).scalar_subquery()
    of_line = select(entry.posted_at).where(entry.tenant_id == keys.c.tenant_id, entry.journal_entry_id == newest_id)
    later_of = func.max if dialect == "sqlite" else func.greatest
    return later_of(of_day.order_by(days.c.effective_at.desc()).limit(_ONE).scalar_subquery(), of_line.scalar_subquery())


def _of_key(table: FromClause, keys: Subquery) -> tuple[ColumnElement[bool], ...]:
    return table.c.tenant_id == keys.c.tenant_id, table.c.loan_id == keys.c.loan_id
