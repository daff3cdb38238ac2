"""Current balances of many loans at once by key, on asyncpg; the hot read."""

from collections.abc import Sequence
from typing import Any, Final

from app.ledger.balance import CurrentLoan, CurrentLoans, LoanBalance
from app.ledger.book import LoanKey
from app.store.columns import column_list
from app.store.queries.loan_balances import CURRENT_LOAN_COLUMNS

_CURRENT_LOANS: Final = f"""SELECT l.tenant_id::text, l.loan_id::text, {column_list(CURRENT_LOAN_COLUMNS, "l")}
    FROM unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, loan_id) JOIN loans AS l USING (tenant_id, loan_id)"""


async def postgresql_current_loans(connection: Any, keys: Sequence[LoanKey]) -> CurrentLoans:
    """`connection` is asyncpg's, on which the tenants of `keys` are visible already."""
    found: dict[LoanKey, CurrentLoan | None] = dict.fromkeys(keys)
    tenant_ids, loan_ids = zip(*keys, strict=True)
    for tenant_id, loan_id, last_on, *balance in await connection.fetch(_CURRENT_LOANS, tenant_ids, loan_ids):
        found[tenant_id, loan_id] = CurrentLoan(last_on, LoanBalance(*balance))
    return found
