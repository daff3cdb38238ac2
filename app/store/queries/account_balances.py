"""Balances of accounts as of a date, for many accounts in one statement.

A balance is the total over all dates less what the dates after the one asked for changed; today's balance reads few rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, select, union_all

from app.ledger.balance import AccountBalance
from app.store.queries.key_table import key_parameters, key_table
from app.store.queries.wide_sums import wide_sum_columns, wide_sums
from app.store.tables import account_days, account_totals

AccountAsOf = tuple[str, str, str, str, date]
"""Tenant, account code, currency, layer, and the date as of which."""


def account_balances(connection: Connection, keys: Sequence[AccountAsOf]) -> Mapping[AccountAsOf, AccountBalance]:
    """Zeros for an account on which nothing was posted."""
    found = dict.fromkeys(keys, AccountBalance(0, 0))
    statement = _statement(connection.dialect.name)
    numbered = key_parameters((number, *key) for number, key in enumerate(keys))
    for row in connection.execute(statement, numbered):
        number, *sums = row
        found[keys[number]] = AccountBalance(*wide_sums(sums))
    return found


@lru_cache
def _statement(dialect: str) -> Select[*tuple[Any, ...]]:
    keys = key_table(dialect, number="number", tenant_id="id", account_code="text", currency="text", layer="text", as_of="date")
    account = ("tenant_id", "account_code", "currency", "layer")
    of_total = and_(*(account_totals.c[name] == keys.c[name] for name in account))
    of_day = and_(*(account_days.c[name] == keys.c[name] for name in account), account_days.c.effective_at > keys.c.as_of)
    total, day = account_totals.c, account_days.c
    changes = union_all(
        select(keys.c.number, total.dr_minor, total.cr_minor).select_from(keys.join(account_totals, of_total)),
        select(keys.c.number, -day.dr_minor, -day.cr_minor).select_from(keys.join(account_days, of_day)),
    ).subquery("changes")
    by_number, debits, credits = changes.c
    return select(by_number, *wide_sum_columns(debits), *wide_sum_columns(credits)).group_by(by_number)
