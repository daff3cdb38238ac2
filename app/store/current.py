"""Loans as they stand over all dates: the hot read, a look-up by key for many loans at once, on each engine's own driver.

A balance as of a date on or after the loan's last effective date is this one; earlier dates are `app.store.balances`' work.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson

from app.store.balance import LoanBalance

CurrentKey = tuple[str, str]
"""Tenant and loan."""

COLUMNS = ("last_effective_on", "currency", "principal_minor", "interest_minor", "fees_minor", "suspense_minor", "last_posted_at")
FROM_SQLITE = f"""SELECT l.tenant_id, l.loan_id, {", ".join(f"l.{name}" for name in COLUMNS)} FROM json_each(?) AS wanted
    CROSS JOIN loans AS l ON l.tenant_id = wanted.value ->> 0 AND l.loan_id = wanted.value ->> 1"""
FROM_POSTGRES = f"""SELECT l.tenant_id::text, l.loan_id::text, {", ".join(f"l.{name}" for name in COLUMNS)}
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, loan_id) JOIN loans AS l USING (tenant_id, loan_id)"""


class CurrentLoan(NamedTuple):
    """`balance` is the loan's from `last_effective_on` on."""

    last_effective_on: date
    balance: LoanBalance


CurrentLoans = Mapping[CurrentKey, CurrentLoan | None]


def from_sqlite(connection: sqlite3.Connection, keys: Sequence[CurrentKey]) -> CurrentLoans:
    found: dict[CurrentKey, CurrentLoan | None] = dict.fromkeys(keys)
    for tenant_id, loan_id, last_on, *balance in connection.execute(FROM_SQLITE, (orjson.dumps(keys).decode(),)):
        balance[-1] = datetime.fromisoformat(balance[-1]).replace(tzinfo=UTC)
        found[tenant_id, loan_id] = CurrentLoan(date.fromisoformat(last_on), LoanBalance(*balance))
    return found


async def from_postgres(connection: Any, keys: Sequence[CurrentKey]) -> CurrentLoans:
    """`connection` is asyncpg's; it is admitted to the tenants of `keys` already."""
    found: dict[CurrentKey, CurrentLoan | None] = dict.fromkeys(keys)
    tenant_ids, loan_ids = zip(*keys, strict=True)
    for tenant_id, loan_id, last_on, *balance in await connection.fetch(FROM_POSTGRES, tenant_ids, loan_ids):
        found[tenant_id, loan_id] = CurrentLoan(last_on, LoanBalance(*balance))
    return found
